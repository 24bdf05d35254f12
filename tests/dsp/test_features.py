"""Features: the same track reads the same, however loud; different tracks read differently."""

from dataclasses import replace

import numpy as np
import pytest

from dsp.block import Samples, silence
from dsp.features import find_features
from dsp.hearing import FEATURES
from dsp.spectrogram import make_spectrogram
from tests.dsp.sounds import music, stereo


def features(samples: Samples) -> np.ndarray:
    return np.array(find_features(make_spectrogram(samples)))


def test_a_track_has_66_finite_numbers() -> None:
    heard = features(music())
    assert heard.shape == (FEATURES,)
    assert np.isfinite(heard).all()
    assert np.unique(heard).size > FEATURES // 2


def test_loudness_does_not_matter() -> None:
    assert np.abs(features(music()) - features(music() * np.float32(0.1))).max() < 0.05


@pytest.mark.real
def test_copies_are_nearer_than_other_tracks() -> None:
    ours, theirs = features(music(20.0, 1)), features(music(20.0, 2))
    copy = features(music(20.0, 1)[:, 48_000:])
    spread = np.std([ours, theirs, copy], axis=0) + 1e-6
    assert np.linalg.norm((ours - copy) / spread) < np.linalg.norm((ours - theirs) / spread)


def test_the_pulse_of_the_bass_is_heard_where_it_beats() -> None:
    """Two strokes a second lie in the fourth of eight steps from 0.5 to 12 Hz; features 42 to 49 are those of the bass."""
    time = np.arange(20 * 48_000) / 48_000
    strokes = np.sin(2 * np.pi * 60 * time) * np.exp(-(time % 0.5) / 0.1)
    bass = features(stereo(0.5 * strokes))[42:50]
    assert int(bass.argmax()) == 3


def test_silence_and_a_blink_have_none() -> None:
    assert find_features(make_spectrogram(silence(96_000))) == (0.0,) * FEATURES
    assert find_features(make_spectrogram(silence(100))) == (0.0,) * FEATURES
    short = make_spectrogram(music()[:, :4800])
    assert np.isfinite(find_features(short)).all()
    assert np.isfinite(find_features(replace(short, powers=short.powers * 0))).all()
