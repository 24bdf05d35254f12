"""Bass: taken out without delay, and put back without a trace."""

import numpy as np
import pytest

from dsp.bass import CORNER_HZ, bass_of
from dsp.block import Samples, silence
from tests.dsp.sounds import music, rms_db, sine


def middle(sound: Samples) -> Samples:
    return sound[:, 12_000:-12_000]


@pytest.mark.parametrize(("hz", "db"), [(40.0, 0.0), (90.0, -0.5), (CORNER_HZ, -6.0), (2 * CORNER_HZ, -24.6), (1_000.0, -59.0)])
def test_it_is_that_of_a_linkwitz_riley_crossover(hz: float, db: float) -> None:
    tone = sine(hz, 1.0, -6.0)
    assert rms_db(middle(bass_of(tone))) - rms_db(middle(tone)) == pytest.approx(db, abs=0.8)


def test_it_turns_no_phase() -> None:
    tone = sine(60.0, 1.0, -6.0)
    low = middle(bass_of(tone))[0]
    assert float(np.dot(low, middle(tone)[0]) / np.linalg.norm(low) / np.linalg.norm(middle(tone)[0])) > 0.9999


def test_rest_and_bass_are_the_sound() -> None:
    sound = music(2.0)
    low = bass_of(sound)
    assert low.dtype == np.float32
    assert low.shape == sound.shape
    assert np.abs(sound - low + low - sound).max() < 1e-6
    assert rms_db(low) < rms_db(sound)


def test_each_channel_has_its_own() -> None:
    sound = np.concatenate((sine(50.0, 1.0, -6.0)[:1], silence(48_000)[:1]))
    low = bass_of(sound)
    assert rms_db(low[0]) > -10.0
    assert not low[1].any()


@pytest.mark.parametrize("frames", [0, 1, 2_400])
def test_what_is_too_short_has_none(frames: int) -> None:
    assert not bass_of(music(1.0)[:, :frames]).any()
