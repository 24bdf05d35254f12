import pytest

from control.jobs.ending import LONGEST_ERROR, Ending, How, told
from control.jobs.job import State


@pytest.mark.parametrize(
    ("how", "attempts", "state"),
    [
        (How.DONE, 5, State.DONE),
        (How.BROKEN, 4, State.QUEUED),
        (How.BROKEN, 5, State.DEAD),
        (How.BROKEN, 6, State.DEAD),
        (How.HOPELESS, 1, State.FAILED),
        (How.CANCELLED, 5, State.CANCELLED),
        (How.HANDED_BACK, 5, State.QUEUED),
    ],
)
def test_where_a_job_of_five_attempts_goes(how: How, attempts: int, state: State) -> None:
    assert Ending(how).state(attempts, 5) is state


def test_an_error_is_told_in_a_bounded_line_that_the_database_can_hold() -> None:
    assert told(KeyError("title")) == "KeyError: 'title'"
    assert told(TimeoutError()) == "TimeoutError"
    assert told(ValueError("a\0b")) == "ValueError: ab"
    assert len(told(ValueError("x" * 10_000))) == LONGEST_ERROR
