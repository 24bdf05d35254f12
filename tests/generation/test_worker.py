"""Takes ahead: made while too little waits, and whatever goes wrong there is a next turn."""

import pytest

from generation.backend import unheard
from generation.brief import Brief
from generation.errors import CalledOff, GenerationFailed
from generation.failure import Failure
from generation.lineup import BackendsRest
from generation.rota import Rota
from generation.take import Take
from generation.worker import IDLE_SECONDS, Make, Turn, first_turn, make_ahead
from tests.generation.takes import PatternBackend

ROTA = Rota(seed=3, seconds=(60.0, 60.0))


class Shelf:
    """Keeps takes; full as often as it is told."""

    def __init__(self, full: int = 0) -> None:
        self.takes: list[Take] = []
        self._full = full

    def keep(self, take: Take) -> None:
        if self._full:
            self._full -= 1
            raise OSError("no space left on device")
        self.takes.append(take)

    def buffered_seconds(self) -> float:
        return sum(take.brief.seconds for take in self.takes)


def turn(make: Make, shelf: Shelf, before: Turn, wanted_seconds: float = 120.0) -> Turn:
    return make_ahead(ROTA.brief_at, make, shelf, wanted_seconds, before, unheard)


def test_makes_only_while_too_little_waits() -> None:
    shelf, backend = Shelf(), PatternBackend("good good good")
    now = first_turn(10)
    for _ in range(5):
        now = turn(backend.make, shelf, now)
    assert len(shelf.takes) == 2
    assert now == Turn(12, None, "", 0, IDLE_SECONDS, 120.0)
    assert backend.briefs == [ROTA.brief_at(10), ROTA.brief_at(11)]


def test_a_failure_is_passed_over_and_the_rest_grows_and_ends_with_success() -> None:
    shelf, backend = Shelf(), PatternBackend("fails memory broken good fails")
    turns = [first_turn(0)]
    for _ in range(5):
        turns.append(turn(backend.make, shelf, turns[-1], 600.0))
    assert [one.rest_seconds for one in turns[1:]] == [10.0, 20.0, 40.0, 0.0, 10.0]
    assert [one.counter for one in turns] == [0, 1, 2, 3, 4, 5]
    assert [one.reason for one in turns[1:]] == [Failure.FAILED, Failure.MEMORY, Failure.BROKEN, None, Failure.FAILED]
    assert "out of ideas" in turns[1].failure
    assert turns[4].take is shelf.takes[0]


def test_the_rest_after_failures_has_an_end() -> None:
    assert turn(PatternBackend("fails").make, Shelf(), Turn(0, None, "", 4_000, 0.0)).rest_seconds == 120.0


def test_a_take_that_cannot_be_kept_is_made_again() -> None:
    shelf, backend = Shelf(full=1), PatternBackend("good good")
    refused = turn(backend.make, shelf, first_turn(7))
    assert (refused.counter, refused.take, refused.failures, refused.reason) == (7, None, 1, Failure.DISK)
    assert "no space left" in refused.failure
    kept = turn(backend.make, shelf, refused)
    assert (kept.counter, kept.failures) == (8, 0)
    assert shelf.takes[0].brief == ROTA.brief_at(7)


def test_one_in_which_nothing_can_be_heard_is_passed_over() -> None:
    class Deaf(Shelf):
        def keep(self, take: Take) -> None:
            raise GenerationFailed(f"nothing in {take.title} could air")

    told = turn(PatternBackend("good").make, Deaf(), first_turn(7))
    assert (told.counter, told.reason) == (8, Failure.FAILED)


def test_while_all_backends_rest_no_number_is_passed_over_and_the_row_of_failures_goes_on() -> None:
    def make(_brief: Brief, _progress: object) -> Take:
        raise BackendsRest(33.0)

    told = turn(make, Shelf(), Turn(7, None, "", 4, 0.0))
    assert (told.counter, told.failures, told.rest_seconds, told.reason) == (7, 4, 33.0, None)


def test_who_calls_it_off_is_not_held() -> None:
    def make(_brief: Brief, _progress: object) -> Take:
        raise CalledOff("the worker ends")

    with pytest.raises(CalledOff):
        turn(make, Shelf(), first_turn(0))
