from itertools import pairwise

import pytest

from generation.brief import GENRES, TEMPI, Brief, parse_passages
from generation.procedural.part import Part
from generation.procedural.spec import specify


@pytest.mark.parametrize("genre", GENRES)
def test_a_brief_without_wishes_is_given_a_tempo_and_a_length_that_suit(genre: str) -> None:
    slowest, fastest = TEMPI[genre]
    for seed in range(12):
        brief = Brief(genre, seed, 150.0)
        spec = specify(brief)
        assert slowest <= spec.grid.bpm <= fastest
        assert abs(spec.frames / 48_000 - brief.seconds) <= brief.leeway_seconds


def test_what_is_wished_is_kept_and_changes_nothing_else() -> None:
    free = specify(Brief("house", 4, 120.0))
    bound = specify(Brief("house", 4, 120.0, bpm=free.grid.bpm + 1.0, key="C# minor"))
    assert bound.grid.bpm == free.grid.bpm + 1.0
    assert str(bound.key) == "C# minor"
    for name in ("style", "beat", "bass_line", "stab_rhythm", "arpeggio", "texture", "progression"):
        assert getattr(bound, name) == getattr(free, name), name


def test_sections_bend_the_tempo_until_they_fit() -> None:
    passages = parse_passages("intro 4, theme 8, break 4, theme 8, outro 4")
    slow, fast = (specify(Brief("downtempo", 2, seconds, sections=passages)) for seconds in (90.0, 72.0))
    assert fast.grid.bpm > slow.grid.bpm
    assert slow.plan.bars == fast.plan.bars == 28
    assert abs(slow.frames / 48_000 - 90.0) < 0.1


def test_a_progression_of_a_break_moves() -> None:
    for genre in GENRES:
        for seed in range(10):
            assert len(set(specify(Brief(genre, seed, 120.0)).other_progression.split())) > 1


def test_a_dark_mood_closes_the_filters_and_a_bright_one_opens_them() -> None:
    moods = [specify(Brief("trance", 3, 120.0, mood=mood)).patches[Part.PAD].cutoff for mood in ("dark", "", "bright")]
    assert all(darker < brighter for darker, brighter in pairwise(moods))


def test_each_style_of_a_genre_comes_up() -> None:
    for genre in GENRES:
        found = {specify(Brief(genre, seed, 60.0)).style.name for seed in range(60)}
        assert len(found) >= 3, genre
