"""The studio: refused takes are made again from other seeds, the best of a batch is kept, and the next backend is asked in the end."""

from collections.abc import Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

from generation.backend import unheard
from generation.brief import Brief
from generation.critic.verdict import Verdict
from generation.errors import GenerationFailed, TakesRefused
from generation.failure import Failure
from generation.lineup import Lineup
from generation.studio import Studio
from generation.take import Take
from tests.generation.takes import Hours, PatternBackend, PatternBatch

BRIEF = Brief("house", 7, 60.0, words="late")


class Ear:
    """Refuses silence; likes a take the better the higher its seed."""

    def __init__(self) -> None:
        self.last: Sequence[NDArray[np.float32]] = ()

    def hear(self, take: Take, last: Sequence[NDArray[np.float32]] = ()) -> Verdict:
        self.last = last
        faults = {} if take.samples.any() else {"silent_share": "silence"}
        return Verdict(faults, {"seconds": take.seconds}, {"dsp": 0.5}, 100.0 * take.brief.seed / 2**63, np.ones(2, np.float32))


def test_a_good_take_is_kept_with_its_scores_and_what_it_sounds_like() -> None:
    ear, last = Ear(), [np.ones(2, np.float32)]
    take = Studio(Lineup([PatternBackend("good")], Hours()), ear).make(BRIEF, unheard, last)
    assert take.scores["dsp"] == 0.5
    assert take.vector.tolist() == [1.0, 1.0]
    assert ear.last is last


def test_a_refused_take_is_made_again_from_another_seed_and_keeps_the_name_of_its_brief() -> None:
    backend = PatternBackend("bad bad good")
    studio = Studio(Lineup([backend], Hours()), Ear())
    take = studio.make(BRIEF, unheard)
    assert take.id == BRIEF.id
    assert len({brief.seed for brief in backend.briefs}) == 3
    assert backend.briefs[0] == BRIEF
    assert {brief.words for brief in backend.briefs} == {"late"}
    assert take.provenance["seed"] == str(backend.briefs[2].seed)
    assert studio.refused == {("pattern", "silent_share"): 2}
    again = PatternBackend("bad bad good")
    Studio(Lineup([again], Hours()), Ear()).make(BRIEF, unheard)
    assert again.briefs == backend.briefs, "the same brief is always made from the same seeds"


def test_after_so_many_refusals_the_next_backend_is_asked() -> None:
    first, second = PatternBackend("bad bad", "first"), PatternBackend("good", "second")
    studio = Studio(Lineup([first, second], Hours()), Ear(), rounds=2)
    assert studio.make(BRIEF, unheard).provenance["backend"] == "second"
    assert studio.lineup.standing()[0].failures == {Failure.REFUSED: 1}
    assert studio.kept == {"second": 1}


def test_when_the_last_one_is_refused_it_says_why() -> None:
    studio = Studio(Lineup([PatternBackend("bad bad")], Hours()), Ear(), rounds=2)
    with pytest.raises(TakesRefused, match=r"2 takes were refused.*silence") as caught:
        studio.make(BRIEF, unheard)
    assert isinstance(caught.value, GenerationFailed)


def test_one_that_fails_gives_way_to_the_next_at_once() -> None:
    first, second = PatternBackend("memory", "first"), PatternBackend("good", "second")
    take = Studio(Lineup([first, second], Hours()), Ear()).make(BRIEF, unheard)
    assert take.provenance["backend"] == "second"
    assert len(first.briefs) == 1


def test_the_best_of_a_batch_is_kept() -> None:
    batch = PatternBatch("good bad good good")
    take = Studio(Lineup([batch], Hours()), Ear(), best_of=4).make(BRIEF, unheard)
    assert batch.batches == [4]
    accepted = [brief.seed for place, brief in enumerate(batch.briefs) if place != 1]
    assert take.provenance["seed"] == str(max(accepted))
    assert take.id == BRIEF.id


def test_who_makes_one_at_a_time_makes_one() -> None:
    backend = PatternBackend("good")
    Studio(Lineup([backend], Hours()), Ear(), best_of=4).make(BRIEF, unheard)
    assert len(backend.briefs) == 1


@pytest.mark.parametrize("wrong", [{"best_of": 0}, {"rounds": 0}])
def test_refuses_to_make_nothing(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="makes no take"):
        Studio(Lineup([PatternBackend("")], Hours()), Ear(), **wrong)
