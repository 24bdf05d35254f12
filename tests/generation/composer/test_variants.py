import pytest

from generation.brief import GENRES
from generation.composer.character import CHARACTERS
from generation.composer.idea import Idea
from generation.composer.variants import NAMES, PRIORS, VARIANTS, worded
from generation.key import parse_key
from generation.procedural.mood import mood_of


def idea_of(genre: str) -> Idea:
    character = CHARACTERS[genre]
    return Idea(genre, ("spacious",), (character.slowest_bpm + character.fastest_bpm) / 2, f"A {character.keys[0]}", 180.0, "rain at dusk")


def test_there_are_four() -> None:
    assert len(NAMES) == len(set(NAMES)) == 4
    assert set(PRIORS) == set(NAMES)


@pytest.mark.parametrize("genre", GENRES)
def test_each_makes_another_brief_of_one_idea_and_no_backend_needs_words_for_it(genre: str) -> None:
    briefs = [worded(idea_of(genre), name, 5) for name in NAMES]
    heard = {(brief.bpm, brief.key, mood_of(brief.mood)) for brief in briefs}
    assert len(heard) == len({brief.words for brief in briefs}) == 4
    for brief in briefs:
        character = CHARACTERS[genre]
        assert character.slowest_bpm <= (brief.bpm or 0.0) <= character.fastest_bpm
        assert parse_key(brief.key or "").mode in (*character.keys, parse_key(idea_of(genre).key).mode)
        assert (brief.genre, brief.seed, brief.seconds) == (genre, 5, 180.0)
        assert brief.words.endswith("Rain at dusk.")


def test_driving_is_faster_than_deep() -> None:
    driving, deep = worded(idea_of("house"), "driving", 1), worded(idea_of("house"), "deep", 1)
    assert (driving.bpm or 0) > (deep.bpm or 0)


def test_bright_leaves_a_dark_mode_where_the_genre_has_a_bright_one() -> None:
    dark = Idea("house", (), 124.0, "A minor", 180.0)
    assert worded(dark, "bright", 1).key == "A dorian"
    assert worded(Idea("techno", (), 130.0, "A phrygian", 180.0), "bright", 1).key == "A phrygian"


def test_a_variant_that_is_none() -> None:
    with pytest.raises(KeyError):
        worded(idea_of("house"), "louder", 1)
    assert len(VARIANTS) == 4
