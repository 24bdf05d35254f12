"""How far a replica is behind: by the primary's own log, so that neither clocks nor silence deceive."""

from hypothesis import given
from hypothesis import strategies as st

from control.database.lag import KEPT, LogSightings


def test_unknown_is_infinite() -> None:
    assert LogSightings().lag_seconds(1.0, 10**12) == float("inf")


def test_has_everything() -> None:
    sightings = LogSightings()
    sightings.saw(1.0, 100)
    assert sightings.lag_seconds(50.0, 100) == 0


def test_an_idle_primary_makes_nobody_late() -> None:
    sightings = LogSightings()
    for second in range(KEPT * 2):
        sightings.saw(float(second), 100)
    assert sightings.lag_seconds(1_000.0, 100) == 0
    assert sightings.lag_seconds(1_000.0, 99) == 1_000.0


def test_the_oldest_missing_write_counts() -> None:
    sightings = LogSightings()
    for second, position in ((1.0, 100), (2.0, 200), (3.0, 300)):
        sightings.saw(second, position)
    assert sightings.lag_seconds(3.5, 150) == 1.5
    assert sightings.lag_seconds(3.5, 299) == 0.5


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=300), st.integers(0, 10**9), st.integers(0, 10**9))
def test_who_has_replayed_more_is_never_later(positions: list[int], one: int, other: int) -> None:
    sightings = LogSightings()
    for second, position in enumerate(sorted(positions)):
        sightings.saw(float(second), position)
    now = float(len(positions))
    behind, ahead = sorted((one, other))
    assert sightings.lag_seconds(now, ahead) <= sightings.lag_seconds(now, behind)
