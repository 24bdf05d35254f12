import pytest

from generation.composer.idea import MOODS, Idea, allowed_genres
from generation.composer.profile import Profile
from generation.composer.surroundings import Aired
from generation.errors import InvalidBrief
from generation.procedural.mood import Mood, mood_of
from tests.generation.composer.station import PROFILE

HOUSE = Aired("house")


@pytest.mark.parametrize(
    ("genre", "moods", "bpm", "key"),
    [
        ("polka", ("dark",), 120.0, "A minor"),
        ("house", ("grim",), 120.0, "A minor"),
        ("house", (), 190.0, "A minor"),
        ("house", (), 120.0, "H minor"),
    ],
)
def test_what_is_no_idea(genre: str, moods: tuple[str, ...], bpm: float, key: str) -> None:
    with pytest.raises(InvalidBrief):
        Idea(genre, moods, bpm, key, 180.0)


def test_each_word_of_mood_is_heeded_by_the_composer_at_home() -> None:
    assert [word for word in MOODS if mood_of(word) == Mood()] == []


def test_a_genre_rests_after_its_run() -> None:
    assert "house" in allowed_genres(PROFILE, (HOUSE,))
    assert "house" not in allowed_genres(PROFILE, (HOUSE, HOUSE))
    assert "house" in allowed_genres(PROFILE, (HOUSE, Aired("techno"), HOUSE))


def test_a_station_of_one_genre_plays_it_for_ever() -> None:
    assert allowed_genres(Profile("main", (("house", 1.0),)), (HOUSE,) * 9) == ("house",)


def test_a_tempo_is_brought_home() -> None:
    idea = Idea("house", (), 110.0, "A minor", 180.0)
    assert idea.at_home(110.0).bpm == 120.0
    assert idea.at_home(500.0).bpm == 126.0
