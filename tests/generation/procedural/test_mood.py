import numpy as np

from generation.brief import Brief
from generation.procedural.mood import Mood, mood_of
from generation.procedural.pads import PADS
from generation.procedural.part import Part
from generation.procedural.spec import specify


def test_unknown_words_change_nothing() -> None:
    assert mood_of("") == mood_of("purple, monkey") == Mood()


def test_words_add_up_within_reason() -> None:
    assert mood_of("Dark, deep").light_octaves < mood_of("dark").light_octaves
    assert mood_of("dark " * 9).light_octaves == -0.8
    assert mood_of("dreamy " * 9).space == 1.6


def test_a_mood_turns_the_filters_and_leans_the_mode() -> None:
    pad = PADS["warm pad"]
    assert mood_of("bright").tinted(pad).cutoff > pad.cutoff > mood_of("dark").tinted(pad).cutoff
    assert mood_of("happy").modes(("minor", "major")) == ("major",)
    assert mood_of("dark").modes(("minor", "major")) == ("minor",)
    assert mood_of("dark").modes(("dorian",)) == ("dorian",)


def test_a_dark_track_is_the_same_piece_darker() -> None:
    plain, dark = (specify(Brief("techno", 4, 120.0, mood=mood)) for mood in ("", "dark"))
    assert dark.plan == plain.plan
    assert dark.patches[Part.LEAD].cutoff < plain.patches[Part.LEAD].cutoff
    assert np.isclose(dark.hall_seconds, 1.1 * plain.hall_seconds)
