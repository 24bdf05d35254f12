import pytest

from generation.llm.standing import FIRST_REST_SECONDS, LONGEST_ASKED_SECONDS, LONGEST_REST_SECONDS, Failure, Standing, failure_of


def test_each_failure_in_a_row_rests_twice_as_long_up_to_a_bound() -> None:
    standing, rests = Standing(), []
    for _ in range(12):
        standing = standing.failed(Failure.SILENT, 100.0)
        rests.append(standing.rests_until - 100.0)
    assert rests[:4] == [5.0, 10.0, 20.0, 40.0]
    assert rests[-1] == LONGEST_REST_SECONDS


def test_an_answer_ends_the_row_and_heals() -> None:
    sick = Standing().failed(Failure.BROKEN, 0.0).failed(Failure.BROKEN, 5.0)
    well = sick.answered(repaired=False)
    assert sick.health == pytest.approx(0.81)
    assert (well.failures, well.resting(0.0), well.failures_total, well.answers_total) == (0, False, 2, 1)
    assert sick.health < well.health < 1.0


def test_it_rests_until_and_not_longer() -> None:
    standing = Standing().failed(Failure.SILENT, 50.0)
    assert standing.resting(50.0 + FIRST_REST_SECONDS - 0.001)
    assert not standing.resting(50.0 + FIRST_REST_SECONDS)


def test_a_time_that_is_asked_for_is_given_up_to_an_hour() -> None:
    assert Standing().failed(Failure.BUSY, 0.0, 30.0).rests_until == 30.0
    assert Standing().failed(Failure.BUSY, 0.0, 0.0).rests_until == FIRST_REST_SECONDS
    assert Standing().failed(Failure.BUSY, 0.0, 1e9).rests_until == LONGEST_ASKED_SECONDS


def test_a_refused_key_rests_an_hour() -> None:
    assert Standing().failed(Failure.REFUSED, 0.0).rests_until == LONGEST_ASKED_SECONDS


@pytest.mark.parametrize(
    ("status", "failure"),
    [
        (429, Failure.BUSY),
        (408, Failure.BUSY),
        (401, Failure.REFUSED),
        (404, Failure.REFUSED),
        (500, Failure.BROKEN),
        (302, Failure.BROKEN),
    ],
)
def test_what_a_status_says(status: int, failure: Failure) -> None:
    assert failure_of(status) is failure
