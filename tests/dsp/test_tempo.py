"""Tempo: the right number for a drummer, at any speed; none where nothing beats."""

from functools import cache

import numpy as np
import pytest

from dsp.block import Samples, frames_of, silence
from dsp.hearing import Tempo
from dsp.onsets import onset_strengths
from dsp.spectrogram import make_spectrogram
from dsp.tempo import ALTERNATIVES, FASTEST_BPM, SLOWEST_BPM, candidate_tempi, correlate, find_tempo, pulse_of, sharpen
from tests.dsp.playing import MAJOR, chords, drums
from tests.dsp.sounds import sine

SECONDS = 24.0


def tempo(samples: Samples) -> Tempo:
    return find_tempo(make_spectrogram(samples))


@cache
def pulse(bpm: float) -> np.ndarray:
    return pulse_of(onset_strengths(make_spectrogram(drums(bpm, SECONDS))))


@pytest.mark.parametrize("bpm", [68.0, 84.5, 97.3, 110.0, 124.0, 139.7, 150.0])
def test_a_drummer_is_timed_to_a_thousandth(bpm: float) -> None:
    found = tempo(drums(bpm, SECONDS))
    assert found.bpm == pytest.approx(bpm, rel=0.001)
    assert found.confidence > 0.5


def test_the_half_or_the_double_is_told_as_another_answer() -> None:
    found = tempo(drums(124.0, SECONDS))
    ratios = [bpm / 124.0 for bpm, _ in found.alternatives]
    assert any(ratio == pytest.approx(octave, rel=0.02) for ratio in ratios for octave in (0.5, 2.0))
    assert len(found.alternatives) <= ALTERNATIVES
    shares = [share for _, share in found.alternatives]
    assert shares == sorted(shares, reverse=True)
    assert all(0.0 <= share <= 1.0 for share in shares)


def test_how_loud_it_is_and_what_is_played_over_it_do_not_matter() -> None:
    over = drums(110.0, SECONDS) * np.float32(0.2) + chords(((0, MAJOR), (5, MAJOR)), SECONDS, 4 * 60.0 / 110.0)
    assert tempo(over).bpm == pytest.approx(110.0, rel=0.001)


def test_where_nothing_beats_there_is_no_tempo() -> None:
    for sound in (silence(frames_of(SECONDS)), sine(220.0, SECONDS, -12.0), drums(120.0, 3.0), silence(0)):
        assert tempo(sound) == Tempo(0.0, 0.0, ())


def test_noise_is_not_trusted() -> None:
    noise = 0.1 * np.random.default_rng(0).standard_normal((2, frames_of(SECONDS)))
    assert tempo(noise.astype(np.float32)).confidence < 0.2


def test_the_true_tempo_is_among_the_candidates_and_none_lies_outside() -> None:
    for bpm in (72.0, 124.0, 176.0):
        found = candidate_tempi(correlate(pulse(bpm)))
        assert np.abs(found / bpm - 1.0).min() < 0.02
        assert found.min() >= SLOWEST_BPM
        assert found.max() <= FASTEST_BPM


def test_a_guess_is_sharpened() -> None:
    assert sharpen(pulse(124.0), 124.4) == pytest.approx(124.0, rel=2e-4)


def test_a_pulse_correlates_with_itself_at_its_own_period() -> None:
    correlations = correlate(pulse(120.0))
    bass = correlations[0]
    assert bass[0] == pytest.approx(1.0, abs=0.01)
    assert bass[100] > 0.8, "the bass drum comes every second"
    assert bass[100] > bass[75] + 0.5
