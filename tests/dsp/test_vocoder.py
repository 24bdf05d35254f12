"""The vocoder: another speed, the same key, the same level."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, silence
from dsp.vocoder import vocode
from tests.dsp.sounds import music, rms_db, sine


@pytest.mark.parametrize("speed", [0.97, 0.99, 1.0, 1.013, 1.03])
def test_it_is_so_much_shorter(speed: float) -> None:
    sound = music(3.0)
    stretched = vocode(sound, speed)
    assert stretched.dtype == np.float32
    assert stretched.flags.c_contiguous
    assert stretched.shape[0] == 2
    assert stretched.shape[1] == pytest.approx(sound.shape[1] / speed, rel=0.002)
    assert rms_db(stretched) == pytest.approx(rms_db(sound), abs=1.0)


@pytest.mark.parametrize("speed", [0.97, 1.03])
def test_the_key_stays(speed: float) -> None:
    tone = vocode(sine(440.0, 3.0, -12.0), speed)[0, SAMPLE_RATE // 2 : 5 * SAMPLE_RATE // 2]
    spectrum = np.abs(np.fft.rfft(tone * np.hanning(tone.size)))
    assert np.argmax(spectrum) * SAMPLE_RATE / tone.size == pytest.approx(440.0, abs=1.0)


def test_it_takes_what_may_not_be_written_and_leaves_it_alone() -> None:
    sound = music(1.0).copy()
    before = sound.copy()
    sound.flags.writeable = False
    vocode(sound, 1.02)
    assert np.array_equal(sound, before)


def test_silence_stays_silent() -> None:
    assert not vocode(silence(48_000), 1.02).any()
