import numpy as np

from dsp.block import SAMPLE_RATE
from generation.procedural.formants import VOWELS, sing

FRAMES = 3 * SAMPLE_RATE


def test_vowels_stand_where_they_are_whatever_the_pitch() -> None:
    noise = np.random.default_rng(0).standard_normal((2, FRAMES)).astype(np.float32)
    sing(noise, "uu", 1.0)
    power = np.abs(np.fft.rfft(noise[0])) ** 2
    first = VOWELS["u"][0][0]
    band = [power[int(hz * 3 * 0.9) : int(hz * 3 * 1.1)].mean() for hz in (first, 1500.0, 6000.0)]
    assert band[0] > 4.0 * band[1] > 0.0
    assert band[0] > 10.0 * band[2]
