from dataclasses import replace

import pytest

from generation.brief import GENRES, Brief
from generation.errors import InvalidBrief, StudioError

BRIEF = Brief("house", 7, 180.0)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"genre": "polka"}, "drum & bass, trance, house, techno"),
        ({"seed": -1}, "seed"),
        ({"seed": 2**63}, "seed"),
        ({"seconds": 29.9}, "30 to 600"),
        ({"seconds": float("nan")}, "seconds"),
        ({"seconds": float("inf")}, "seconds"),
        ({"bpm": 20.0}, "60 to 200"),
        ({"key": "H minor"}, "A minor"),
        ({"key": "A"}, "A minor"),
        ({"mood": "x" * 201}, "mood"),
    ],
)
def test_refuses_what_cannot_be_made_and_says_what_can(change: dict[str, object], told: str) -> None:
    with pytest.raises(InvalidBrief, match=told) as caught:
        replace(BRIEF, **change)
    assert isinstance(caught.value, ValueError)
    assert isinstance(caught.value, StudioError)


def test_the_id_stands_for_every_field() -> None:
    others = [
        Brief("techno", 7, 180.0),
        Brief("house", 8, 180.0),
        Brief("house", 7, 181.0),
        Brief("house", 7, 180.0, bpm=124.0),
        Brief("house", 7, 180.0, key="A minor"),
        Brief("house", 7, 180.0, mood="dark"),
    ]
    ids = {brief.id for brief in (BRIEF, *others)}
    assert len(ids) == 7
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in ids)


def test_equal_briefs_have_one_id_however_their_numbers_are_written() -> None:
    assert Brief("house", 7, 180).id == BRIEF.id
    assert Brief("house", 7, 180, bpm=124).id == Brief("house", 7, 180.0, bpm=124.0).id


def test_every_genre_may_be_asked_for() -> None:
    assert [Brief(genre, 0, 30.0).genre for genre in GENRES] == list(GENRES)
