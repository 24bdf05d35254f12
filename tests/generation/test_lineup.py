"""The lineup: the next backend is asked at once, the one that failed rests, and everything is counted."""

import pytest

from generation.backend import Progress, unheard
from generation.brief import Brief
from generation.errors import CalledOff, GenerationFailed, InvalidBrief
from generation.failure import Failure
from generation.lineup import FIRST_REST_SECONDS, LONGEST_REST_SECONDS, BackendsRest, Lineup
from generation.take import Take
from tests.generation.takes import Hours, PatternBackend, PatternBatch

BRIEF = Brief("house", 1, 60.0)


def test_the_first_that_can_makes_the_take() -> None:
    first, second = PatternBackend("good", "first"), PatternBackend("good", "second")
    assert Lineup([first, second], Hours()).make(BRIEF, unheard).provenance["backend"] == "first"
    assert second.briefs == []


@pytest.mark.parametrize(
    ("kind", "failure"),
    [("fails", Failure.FAILED), ("away", Failure.AWAY), ("memory", Failure.MEMORY), ("broken", Failure.BROKEN)],
)
def test_whatever_goes_wrong_the_next_one_is_asked_and_the_failure_counted(kind: str, failure: Failure) -> None:
    first, second = PatternBackend(kind, "first"), PatternBackend("good", "second")
    lineup = Lineup([first, second], Hours())
    assert lineup.make(BRIEF, unheard).provenance["backend"] == "second"
    standing = lineup.standing()
    assert standing[0].failures == {failure: 1}
    assert standing[0].resting_seconds == FIRST_REST_SECONDS
    assert standing[0].last_error
    assert (standing[1].made, standing[1].resting_seconds) == (1, 0.0)
    assert first.closed == (failure is Failure.MEMORY), "what it holds may be what the others lack"


def test_one_that_failed_rests_ever_longer_and_is_asked_again() -> None:
    clock = Hours()
    first, second = PatternBackend("fails fails good good", "first"), PatternBackend("good good good", "second")
    lineup = Lineup([first, second], clock)
    made_by = []
    for now in (0.0, 1.0, FIRST_REST_SECONDS, FIRST_REST_SECONDS * 3 + 1, FIRST_REST_SECONDS * 4):
        clock.now = now
        made_by.append(lineup.make(BRIEF, unheard).provenance["backend"])
    assert made_by == ["second", "second", "second", "first", "first"]
    lineup.fail(first, MemoryError())
    assert lineup.standing()[0].resting_seconds == FIRST_REST_SECONDS, "a success has ended the row"


def test_a_rest_has_an_end() -> None:
    backend = PatternBackend("", "only")
    lineup = Lineup([backend], Hours())
    for _ in range(40):
        lineup.fail(backend, GenerationFailed("no"))
    assert lineup.standing()[0].resting_seconds == LONGEST_REST_SECONDS


def test_when_all_fail_it_says_so_and_when_all_rest_how_long() -> None:
    lineup = Lineup([PatternBackend("fails", "first"), PatternBackend("away", "second")], Hours())
    with pytest.raises(GenerationFailed, match="no weights"):
        lineup.make(BRIEF, unheard)
    with pytest.raises(BackendsRest) as caught:
        lineup.make(BRIEF, unheard)
    assert caught.value.seconds == FIRST_REST_SECONDS


def test_who_calls_it_off_gets_his_way_and_nobody_is_blamed() -> None:
    def tell(_done: float, _doing: str) -> None:
        raise CalledOff("cancelled")

    lineup = Lineup([PatternBackend("good")], Hours())
    with pytest.raises(CalledOff):
        lineup.make(BRIEF, tell)
    assert lineup.standing()[0].failures == {}


def test_one_that_takes_too_long_is_called_off_and_the_next_one_asked() -> None:
    clock = Hours()

    class Slow(PatternBackend):
        def make(self, brief: Brief, progress: Progress) -> Take:
            clock.now += 1_000.0
            return super().make(brief, progress)

    lineup = Lineup([Slow("good", "slow"), PatternBackend("good", "second")], clock, longest_seconds=900.0)
    assert lineup.make(BRIEF, unheard).provenance["backend"] == "second"
    assert lineup.standing()[0].failures == {Failure.TIME: 1}


def test_a_brief_that_cannot_be_made_is_the_askers_mistake() -> None:
    class Choosy(PatternBackend):
        def make(self, brief: Brief, progress: Progress) -> Take:
            raise InvalidBrief(f"not in this key: {brief.key} {progress}")

    lineup = Lineup([Choosy("")], Hours())
    with pytest.raises(InvalidBrief):
        lineup.make(BRIEF, unheard)
    assert lineup.standing()[0].failures == {}


def test_a_batch_is_asked_for_as_many_as_it_makes_at_once() -> None:
    batch = PatternBatch("good " * 6)
    lineup = Lineup([batch], Hours())
    takes = lineup.ask(batch, [Brief("house", seed, 60.0) for seed in range(6)], unheard)
    assert batch.batches == [4, 2]
    assert [take.brief.seed for take in takes] == list(range(6))
    assert lineup.standing()[0].made == 6


def test_a_lineup_of_nobody_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Lineup([], Hours())
