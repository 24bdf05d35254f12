import pytest

from generation.brief import GENRES
from generation.errors import InvalidBrief
from generation.rota import Rota


def test_the_count_says_it_all() -> None:
    before = [Rota(seed=5).brief_at(counter) for counter in range(12)]
    assert [Rota(seed=5).brief_at(counter) for counter in range(12)] == before
    assert len({brief.id for brief in before}) == 12
    assert [brief.genre for brief in before[: len(GENRES) + 1]] == [*GENRES, GENRES[0]]


def test_two_stations_make_different_tracks() -> None:
    one, other = Rota(seed=1), Rota(seed=2)
    assert not {one.brief_at(counter).seed for counter in range(50)} & {other.brief_at(counter).seed for counter in range(50)}


def test_lengths_and_genres_are_those_that_were_asked_for() -> None:
    rota = Rota(genres=("techno",), seconds=(60.0, 90.0), mood="dark")
    briefs = [rota.brief_at(counter) for counter in range(30)]
    assert {brief.genre for brief in briefs} == {"techno"}
    assert all(60.0 <= brief.seconds <= 90.0 and brief.mood == "dark" for brief in briefs)
    assert max(brief.seconds for brief in briefs) - min(brief.seconds for brief in briefs) > 15.0


@pytest.mark.parametrize("wrong", [{"genres": ()}, {"genres": ("polka",)}, {"seconds": (1.0, 2.0)}])
def test_refuses_to_be_built_where_no_track_can_be_made(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidBrief):
        Rota(**wrong)  # type: ignore[arg-type]
