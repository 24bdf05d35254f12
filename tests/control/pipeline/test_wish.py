"""From a wish to one brief."""

from typing import get_args

import pytest
from pydantic import ValidationError

from control.errors import Invalid
from control.pipeline.wish import Genre, PassageName, Wish
from generation.brief import GENRES, PASSAGES


def test_genres_and_sections_are_those_of_the_studio() -> None:
    assert get_args(Genre) == GENRES
    assert get_args(PassageName) == PASSAGES


def test_fields_stand_above_words_and_what_is_open_is_chosen() -> None:
    wish = Wish(genre="trance", words="two minutes of house at 124 bpm in C minor", bpm=138)
    brief = wish.brief(("ambient",), seed=7)
    assert (brief.genre, brief.bpm, brief.key, brief.seconds, brief.seed) == ("trance", 138.0, "C minor", 120.0, 7)
    assert brief.words == wish.words


def test_words_alone_choose_the_genre_else_the_station_does() -> None:
    assert Wish(words="calm lofi").brief(("house",), 0).genre == "lo-fi"
    assert [Wish(mood="warm").brief(("house", "techno"), seed).genre for seed in (0, 1, 2)] == ["house", "techno", "house"]


def test_a_seed_that_was_wished_stays() -> None:
    assert Wish(genre="house", seed=0).brief(("house",), 99).seed == 0


@pytest.mark.parametrize(
    "sent", [{}, {"mood": "  "}, {"genre": "polka"}, {"genre": "house", "key": "H minor"}, {"genre": "house", "loud": True}]
)
def test_what_says_nothing_or_is_unknown_is_refused(sent: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Wish.model_validate(sent)


@pytest.mark.parametrize(
    ("sent", "pointer", "words"),
    [
        ({"genre": "house", "bpm": 180}, "body.bpm", "105 to 135"),
        ({"genre": "house", "sections": [{"name": "intro", "bars": 8}]}, "body.sections", "neither a drop nor a theme"),
        ({"genre": "house", "seconds": 30, "sections": [{"name": "drop", "bars": 64}]}, "body.sections", "64 bars last"),
    ],
)
def test_what_the_studio_cannot_make_is_said_with_its_place(sent: dict[str, object], pointer: str, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        Wish.model_validate(sent).brief(("house",), 1)
    [fault] = refused.value.errors
    assert fault.pointer == pointer
    assert words in fault.detail
