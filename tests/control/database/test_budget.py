"""The house's connections, shared out."""

from hypothesis import given
from hypothesis import strategies as st

from control.database.budget import share


@given(st.integers(10, 100), st.integers(1, 10))
def test_all_together_stay_within_the_budget(connections: int, processes: int) -> None:
    assert share(connections, processes) * processes <= connections


def test_every_process_can_work() -> None:
    assert share(10, 65) == 1
