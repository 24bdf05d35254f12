import pytest

from generation.brief import GENRES
from generation.critic import Verdict
from generation.errors import GenerationFailed, InvalidBrief, TakesRefused
from generation.studio import Studio
from generation.take import Take
from tests.generation.takes import PatternBackend


def critic(take: Take) -> Verdict:
    """Refuses silence."""
    reasons = () if take.samples.any() else ("silence",)
    return Verdict(reasons, -16.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, take.seconds)


def test_the_count_says_it_all() -> None:
    before = [Studio(PatternBackend(""), critic, seed=5).brief_at(counter) for counter in range(12)]
    restarted = Studio(PatternBackend(""), critic, seed=5)
    assert [restarted.brief_at(counter) for counter in range(12)] == before
    assert len({brief.id for brief in before}) == 12
    assert [brief.genre for brief in before[: len(GENRES) + 1]] == [*GENRES, GENRES[0]]


def test_two_stations_make_different_tracks() -> None:
    one, other = (Studio(PatternBackend(""), critic, seed=seed) for seed in (1, 2))
    assert not {one.brief_at(counter).seed for counter in range(50)} & {other.brief_at(counter).seed for counter in range(50)}


def test_lengths_and_genres_are_those_that_were_asked_for() -> None:
    studio = Studio(PatternBackend(""), critic, genres=("techno",), seconds=(60.0, 90.0), mood="dark")
    briefs = [studio.brief_at(counter) for counter in range(30)]
    assert {brief.genre for brief in briefs} == {"techno"}
    assert all(60.0 <= brief.seconds <= 90.0 and brief.mood == "dark" for brief in briefs)
    assert max(brief.seconds for brief in briefs) - min(brief.seconds for brief in briefs) > 15.0


def test_a_refused_take_is_asked_for_again_with_another_seed() -> None:
    backend = PatternBackend("bad bad good")
    take = Studio(backend, critic, seed=3).make_next(4)
    assert take.samples.any()
    assert len({brief.seed for brief in backend.briefs}) == 3
    assert {brief.genre for brief in backend.briefs} == {GENRES[4]}


def test_gives_up_after_so_many_refusals_and_says_why() -> None:
    backend = PatternBackend("bad bad good")
    with pytest.raises(TakesRefused, match=r"take 4 was refused 2 times.*silence") as caught:
        Studio(backend, critic, attempts=2).make_next(4)
    assert isinstance(caught.value, GenerationFailed)
    assert len(backend.briefs) == 2


def test_a_failing_backend_is_not_asked_again() -> None:
    backend = PatternBackend("fails good")
    with pytest.raises(GenerationFailed, match="out of ideas"):
        Studio(backend, critic).make_next(0)
    assert len(backend.briefs) == 1


@pytest.mark.parametrize("wrong", [{"genres": ()}, {"genres": ("polka",)}, {"attempts": 0}, {"seconds": (1.0, 2.0)}])
def test_refuses_to_be_built_where_no_track_can_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidBrief):
        Studio(PatternBackend(""), critic, **wrong)  # type: ignore[arg-type]
