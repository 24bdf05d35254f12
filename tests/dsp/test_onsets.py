"""Onsets: what begins is heard where and when it begins, and nothing else is."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of, silence
from dsp.onsets import GROUPS, onset_strengths
from dsp.spectrogram import MOMENTS_A_SECOND, make_spectrogram
from tests.dsp.sounds import music, sine


def onsets(samples: Samples) -> np.ndarray:
    return onset_strengths(make_spectrogram(samples))


@pytest.mark.parametrize(("hz", "group"), [(60.0, 0), (700.0, 1), (6000.0, 2)])
def test_a_tone_begins_in_its_group_at_its_moment(hz: float, group: int) -> None:
    sound = np.concatenate((silence(frames_of(1.0)), sine(hz, 1.0, -6.0)), axis=1)
    found = onsets(sound + 1e-4 * np.random.default_rng(0).standard_normal(sound.shape).astype(np.float32))
    around = found[MOMENTS_A_SECOND - 5 : MOMENTS_A_SECOND + 6]
    assert int(found[:, group].argmax()) == pytest.approx(MOMENTS_A_SECOND, abs=3)
    steady = np.delete(np.arange(1.0 * MOMENTS_A_SECOND, 2 * MOMENTS_A_SECOND - 10), range(20)).astype(int)
    assert around[:, group].max() > 3.0 * found[steady, group].max()


def test_every_group_has_a_number_at_every_moment_and_none_is_below_nothing() -> None:
    found = onsets(music())
    assert found.shape == (music().shape[1] // (SAMPLE_RATE // MOMENTS_A_SECOND) + 1, GROUPS)
    assert found.min() >= 0.0
    assert found.max() > 0.5


def test_how_loud_the_track_is_does_not_matter() -> None:
    assert onsets(music() * np.float32(0.05)) == pytest.approx(onsets(music()), abs=0.01)


def test_silence_begins_nothing() -> None:
    assert not onsets(silence(SAMPLE_RATE)).any()
