from itertools import pairwise

import numpy as np
import pytest

from generation.key import MODES, Key
from generation.procedural.form import DANCE
from generation.procedural.harmony import COLOURS, HIGHEST_PITCH, LOWEST_PITCH, chart_of, lead_to, tones_of, voicings, without_diminished
from generation.procedural.plan import Kind, lay_out


def test_a_minor_triad_and_its_ninth() -> None:
    assert set(tones_of(Key(9, "minor"), 0, "triad")) == {9, 0, 4}
    assert set(tones_of(Key(9, "minor"), 0, "ninth")) == {0, 4, 7, 11}


@pytest.mark.parametrize("mode", MODES)
def test_no_chord_has_a_tone_a_semitone_above_its_root(mode: str) -> None:
    for degree in range(7):
        for colour in COLOURS:
            key = Key(4, mode)
            root = (key.tonic + key.semitones(degree)) % 12
            tones = tones_of(key, degree, colour)
            assert len(tones) >= 2
            assert (root + 1) % 12 not in tones, (mode, degree, colour)


@pytest.mark.parametrize("mode", MODES)
def test_no_diminished_triad_is_left(mode: str) -> None:
    for degree in range(7):
        key = Key(0, mode)
        played = without_diminished(key, degree)
        assert (key.semitones(played + 4) - key.semitones(played)) % 12 == 7


def test_voicings_rise_and_stay_in_their_register() -> None:
    for pitches in voicings((0, 4, 7, 11)):
        assert list(pitches) == sorted(set(pitches))
        assert pitches[0] >= LOWEST_PITCH
        assert pitches[-1] <= HIGHEST_PITCH
        assert {pitch % 12 for pitch in pitches} == {0, 4, 7, 11}


def test_voices_move_little() -> None:
    first = lead_to(None, (0, 4, 7))
    second = lead_to(first, (9, 0, 4))
    assert len(set(first) & set(second)) == 2
    key = Key(9, "minor")
    for progression in ("1 6 3 7", "1 4 6 5", "1 7 6 7"):
        plan = lay_out(64, DANCE.layouts, DANCE.short, {kind: {} for kind in Kind}, np.random.default_rng(0))
        chart = chart_of(plan, key, progression, progression, "triad", 1)
        steps = [min(abs(pitch - before) for before in one.voicing) for one, two in pairwise(chart) for pitch in two.voicing]
        assert max(steps) <= 5
        assert sum(steps) / len(steps) < 2.0


def test_the_chart_has_a_chord_for_each_bar_and_starts_anew_with_each_section() -> None:
    plan = lay_out(128, DANCE.layouts, DANCE.short, {kind: {} for kind in Kind}, np.random.default_rng(0))
    chart = chart_of(plan, Key(0, "minor"), "1 6 3 7", "4 5", "triad", 2)
    assert len(chart) == 128
    for section in plan.sections:
        assert chart[section.first_bar].degree == (3 if section.kind is Kind.BREAK else 0)
    assert [chord.degree for chord in chart[:8]] == [0, 0, 5, 5, 2, 2, 6, 6]
