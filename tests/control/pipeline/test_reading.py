"""Wishes in plain words."""

import pytest

from control.pipeline.reading import Read, read
from generation.brief import GENRES


@pytest.mark.parametrize(
    ("words", "understood"),
    [
        ("three minutes of dark techno at 132 bpm in A minor", Read("techno", 132.0, "A minor", 180.0)),
        ("Liquid DnB, 174BPM, F# minor, 3:30", Read("drum & bass", 174.0, "F# minor", 210.0)),
        ("ninety seconds of nothing", Read()),
        ("90 seconds of lofi for rainy afternoons", Read("lo-fi", None, None, 90.0)),
        ("something in b flat major, two-minute long", Read(None, None, "A# major", 120.0)),
        ("a minute of e flat dorian synth wave", Read("synthwave", None, "D# dorian", 60.0)),
        ("drum and bass, then house", Read("drum & bass")),
        ("warm and slow, for the last train home", Read()),
    ],
)
def test_what_is_understood(words: str, understood: Read) -> None:
    assert read(words) == understood


def test_every_genre_is_known_by_its_name() -> None:
    assert [read(f"some {genre}, please").genre for genre in GENRES] == list(GENRES)


@pytest.mark.parametrize(
    "words", ["a housewife's lament", "traction", "jungleland", "h minor", "5 seconds", "an hour", "12 bpm of 1234bpm", ""]
)
def test_what_only_looks_like_it_is_not(words: str) -> None:
    assert read(words) == Read()
