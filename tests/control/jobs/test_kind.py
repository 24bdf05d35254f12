import pytest
from hypothesis import given
from hypothesis import strategies as some

from control.jobs.kind import Backoff, Kind
from tests.control.jobs.works import Note


def test_waits_double_and_stop_at_the_most() -> None:
    backoff = Backoff(first_seconds=2, factor=2, most_seconds=60, jitter=0)
    assert [backoff.delay_seconds(attempt, 0.5) for attempt in range(1, 8)] == [2, 4, 8, 16, 32, 60, 60]


@given(attempt=some.integers(1, 10_000), chance=some.floats(0, 1, exclude_max=True))
def test_jitter_keeps_a_wait_within_its_share(attempt: int, chance: float) -> None:
    backoff = Backoff(first_seconds=1, factor=3, most_seconds=100, jitter=0.25)
    middle = min(3.0 ** min(attempt - 1, 64), 100)
    assert middle * 0.75 <= backoff.delay_seconds(attempt, chance) <= middle * 1.25


@pytest.mark.parametrize("name", ["send", "Mail.send", "mail.", "mail send", "mail.send;drop", ""])
def test_a_kind_needs_a_name_of_two_words(name: str) -> None:
    with pytest.raises(ValueError, match=r"room\.verb"):
        Kind(name, Note)


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"at_once": -1}, {"per_minute": -1}, {"time_limit_seconds": 0}, {"grace_seconds": 0}])
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"mail\.send"):
        Kind("mail.send", Note, **wrong)
