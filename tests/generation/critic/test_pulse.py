"""Pulse: clear where it beats, at any octave of the tempo; none in noise, in a tone and in silence."""

import numpy as np
import pytest

from dsp.block import Samples
from dsp.spectrogram import make_spectrogram
from generation.critic.pulse import pulse_clarity
from tests.generation.takes import BPM, music

SECONDS = 20
FRAMES = SECONDS * 48_000
NOISE = 0.1 * np.random.default_rng(0).standard_normal((2, FRAMES)).astype(np.float32)
TONE = np.tile(0.3 * np.sin(2.0 * np.pi * 440.0 * np.arange(FRAMES) / 48_000), (2, 1)).astype(np.float32)


@pytest.mark.parametrize("bpm", [BPM, BPM / 2, 2 * BPM])
def test_what_beats_is_clear_however_it_is_counted(bpm: float) -> None:
    assert pulse_clarity(make_spectrogram(music(SECONDS)), bpm) > 0.5


@pytest.mark.parametrize("sound", [NOISE, TONE, np.zeros((2, FRAMES), np.float32)])
def test_what_does_not_beat_is_not(sound: Samples) -> None:
    assert pulse_clarity(make_spectrogram(sound), BPM) < 0.2


def test_another_tempo_is_not_the_one_that_beats() -> None:
    assert pulse_clarity(make_spectrogram(music(SECONDS)), 97.0) < 0.3
    assert pulse_clarity(make_spectrogram(music(SECONDS)), 0.0) == 0.0
