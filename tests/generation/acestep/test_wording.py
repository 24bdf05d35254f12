"""Briefs in the words of the model."""

from dataclasses import replace

import pytest

from generation.acestep.wording import word
from generation.brief import GENRES, TEMPI, Brief, parse_passages

BRIEF = Brief("drum & bass", 7, 180.0, 174.0, "A minor", "dark", words="a storm\nover the harbour")


def test_everything_of_a_brief_is_in_it() -> None:
    told = word(BRIEF)
    assert (told.bpm, told.keyscale, str(told.key), told.seconds) == (174, "A minor", "A minor", 180.0)
    assert told.caption.startswith("dark, drum and bass")
    assert told.caption.endswith("a storm over the harbour")
    assert "no vocals" in told.caption


def test_the_tempo_is_told_in_its_own_field_alone() -> None:
    assert "174" not in word(BRIEF).caption
    assert "bpm" not in word(BRIEF).caption.lower()


def test_sections_become_tags_and_nothing_is_sung() -> None:
    told = word(replace(BRIEF, sections=parse_passages("intro 8, build 8, drop, break 16, drop, outro 8")))
    assert told.lyrics.split("\n") == ["[Instrumental]", "[Intro]", "[Build]", "[Drop]", "[Breakdown]", "[Drop]", "[Outro]"]


@pytest.mark.parametrize("genre", GENRES)
def test_a_brief_that_leaves_all_open(genre: str) -> None:
    briefs = [Brief(genre, seed, 120.0) for seed in range(40)]
    told = [word(brief) for brief in briefs]
    low, high = TEMPI[genre]
    assert all(low <= one.bpm <= high for one in told)
    assert len({one.bpm for one in told}) > 3
    assert len({one.keyscale for one in told}) > 8
    assert told == [word(brief) for brief in briefs]
    assert all(one.lyrics.startswith("[Instrumental]\n[Intro]") for one in told)


@pytest.mark.parametrize(
    ("key", "keyscale", "named"),
    [("D dorian", "D minor", "dorian"), ("E phrygian", "E minor", "phrygian"), ("Bb mixolydian", "A# major", "mixolydian")],
)
def test_a_mode_that_the_model_does_not_know(key: str, keyscale: str, named: str) -> None:
    told = word(replace(BRIEF, key=key))
    assert told.keyscale == keyscale
    assert f"{named} mode" in told.caption
    assert told.key.mode == named
