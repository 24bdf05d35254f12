from dataclasses import replace

import pytest

from generation.brief import GENRES, TEMPI, Brief, Passage, parse_passages
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
        ({"bpm": 20.0}, "105 to 135, where house is played"),
        ({"bpm": 174.0}, "105 to 135, where house is played"),
        ({"bpm": float("nan")}, "bpm"),
        ({"words": "x" * 1001}, "words"),
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
        Brief("house", 7, 180.0, sections=parse_passages("intro, drop 16, outro")),
        Brief("house", 7, 180.0, sections=parse_passages("intro, drop 24, outro")),
        Brief("house", 7, 180.0, words="A long night."),
        Brief("techno", 7, 180.0),
        Brief("house", 8, 180.0),
        Brief("house", 7, 181.0),
        Brief("house", 7, 180.0, bpm=124.0),
        Brief("house", 7, 180.0, key="A minor"),
        Brief("house", 7, 180.0, mood="dark"),
    ]
    ids = {brief.id for brief in (BRIEF, *others)}
    assert len(ids) == 10
    assert all(len(one) == 16 and int(one, 16) >= 0 for one in ids)


def test_equal_briefs_have_one_id_however_their_numbers_are_written() -> None:
    assert Brief("house", 7, 180).id == BRIEF.id
    assert Brief("house", 7, 180, bpm=124).id == Brief("house", 7, 180.0, bpm=124.0).id


def test_every_genre_may_be_asked_for() -> None:
    assert [Brief(genre, 0, 30.0).genre for genre in GENRES] == list(GENRES)


def test_sections_are_read_as_they_are_written() -> None:
    assert parse_passages("intro 8, drop 16,break , outro 4") == (
        Passage("intro", 8),
        Passage("drop", 16),
        Passage("break"),
        Passage("outro", 4),
    )
    assert parse_passages("") == ()


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("chorus 8", "'chorus' is unknown; it is one of intro, build, drop"),
        ("drop 7", "drop cannot be 7 bars long: a multiple of 4"),
        ("drop 68", "at most 64"),
        ("drop many", "'drop many' is not a name and a number of bars"),
        ("intro 8, outro 8", "neither a drop nor a theme"),
        (", ".join(["drop 4"] * 17), "17 sections are more than 16"),
        ("drop 64, drop 64", "128 bars last 228 s or more at 105 to 135 BPM, not 180 s"),
        ("intro 8, drop 16", "24 bars last 55 s at most at 105 to 135 BPM, not 180 s"),
    ],
)
def test_refuses_sections_that_cannot_be_played_and_says_why(written: str, told: str) -> None:
    with pytest.raises(InvalidBrief, match=told):
        replace(BRIEF, sections=parse_passages(written))


def test_sections_must_fit_at_the_tempo_that_is_asked_for() -> None:
    ninety_two_bars = parse_passages("intro 16, drop 32, break 12, drop 32")
    assert replace(BRIEF, sections=ninety_two_bars, bpm=126.0).sections_bars == 92
    with pytest.raises(InvalidBrief, match="at 110 BPM, not 180 s"):
        replace(BRIEF, sections=ninety_two_bars, bpm=110.0)


def test_every_genre_has_tempi() -> None:
    assert tuple(TEMPI) == GENRES
    assert all(60.0 <= slowest < fastest <= 200.0 for slowest, fastest in TEMPI.values())
