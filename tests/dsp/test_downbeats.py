"""Downbeats: the one is found by what falls on it, wherever one begins to count."""

import numpy as np
import pytest

from dsp.downbeats import BASS, BASS_NOTE, CHORD, MIDDLE, STEPS, STREAMS, TREBLE, find_bar, fold, streams_of
from dsp.onsets import onset_strengths
from dsp.spectrogram import MOMENTS_A_SECOND, make_spectrogram
from dsp.tempo import pulse_of
from tests.dsp.playing import MAJOR, MINOR, chords

BPM = 120.0
BEAT = 50
"""Moments."""


def streams(first: int, beats_a_bar: int = 4, bars: int = 16) -> np.ndarray:
    """A bass drum and a new chord on the ones, a snare on two and four (on two and three of three), hats between."""
    made = np.zeros((first + bars * beats_a_bar * BEAT, STREAMS))
    made += 0.05 * np.random.default_rng(0).random(made.shape)
    for number in range(bars * beats_a_bar):
        at, place = first + number * BEAT, number % beats_a_bar
        made[at + BEAT // 2, TREBLE] += 1.0
        if place == 0:
            made[at, [BASS, CHORD, BASS_NOTE]] += 1.0
        elif place % 2 or beats_a_bar == 3:
            made[at, [MIDDLE, TREBLE]] += 1.5
        else:
            made[at, BASS] += 0.8
    return made


@pytest.mark.parametrize("first", [0, 30, 110, 175])
def test_the_one_is_found_from_wherever_one_counts(first: int) -> None:
    found = find_bar(streams(first), BPM, 25.0)
    assert found is not None
    assert found.beats_a_bar == 4
    moments = 25.0 + found.offset_beats * BEAT - first
    assert abs((moments / (4 * BEAT) + 0.5) % 1.0 - 0.5) < 0.03
    assert found.confidence > 0.5


def test_three_beats_a_bar_are_told_from_four() -> None:
    found = find_bar(streams(60, 3, 24), BPM, 0.0)
    assert found is not None
    assert found.beats_a_bar == 3
    assert abs(((found.offset_beats * BEAT - 60) / (3 * BEAT) + 0.5) % 1.0 - 0.5) < 0.03


def test_where_nothing_tells_the_one_it_is_not_trusted() -> None:
    alike = 0.05 * np.random.default_rng(0).random((3000, STREAMS))
    alike[::BEAT, [BASS, MIDDLE, TREBLE]] += 1.0
    found = find_bar(alike, BPM, 0.0)
    assert found is not None
    assert found.confidence < 0.5


def test_less_than_two_bars_tell_nothing() -> None:
    assert find_bar(streams(0)[: 7 * BEAT], BPM, 0.0) is None


def test_folding_is_the_mean_around_each_step() -> None:
    ramp = np.tile(np.arange(1000.0)[:, None], (1, STREAMS))
    steps = fold(ramp, BPM, 100.0)
    assert steps[:, 0] == pytest.approx(100.0 + np.arange(len(steps)) * BEAT / STEPS, abs=0.6)


def test_chords_and_bass_are_streams_of_their_own() -> None:
    made = make_spectrogram(chords(((0, MAJOR), (9, MINOR)), 12.0, 2.0))
    pulse = pulse_of(onset_strengths(made))
    found = streams_of(made, pulse)
    assert found.shape == (pulse.shape[0], STREAMS)
    changes, held = np.arange(1, 6) * 2 * MOMENTS_A_SECOND, np.arange(6) * 2 * MOMENTS_A_SECOND + MOMENTS_A_SECOND
    for stream in (CHORD, BASS_NOTE):
        assert found[changes, stream].min() > 3.0 * found[held, stream].max()
