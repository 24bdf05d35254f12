"""Sound read between its frames: what comes out is the tone that a faster clock would have made."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples
from dsp.varispeed import REACH, Varispeed

FRAMES = 20_000


def tone(hertz: float, at: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Samples:
    return np.tile(np.sin(2 * np.pi * hertz / SAMPLE_RATE * at).astype(np.float32), (2, 1))


@pytest.mark.parametrize("hertz", [60.0, 1_000.0, 7_000.0, 15_000.0, 18_000.0])
@pytest.mark.parametrize("speed", [0.995, 1.0, 1.0003, 1.005])
def test_a_tone_is_the_tone_of_another_clock(hertz: float, speed: float) -> None:
    place = REACH + 0.37
    sound = tone(hertz, np.arange(SAMPLE_RATE, dtype=np.float64))
    error = Varispeed().read(sound, place, speed, FRAMES) - tone(hertz, place + speed * np.arange(FRAMES))
    assert 10 * np.log10((error**2).mean() / 0.5) < -65


def test_at_speed_one_from_a_whole_place_it_is_the_same_sound() -> None:
    sound = tone(997.0, np.arange(4_000, dtype=np.float64))
    block = Varispeed().read(sound, float(REACH), 1.0, 960)
    assert np.array_equal(block, sound[:, REACH : REACH + 960])
    block[:] = 0.0
    assert sound[0, REACH + 1] != 0.0, "what is read is a copy"


def test_block_after_block_is_as_one() -> None:
    sound, varispeed = tone(3_000.0, np.arange(6_000, dtype=np.float64)), Varispeed()
    whole = varispeed.read(sound, 20.25, 1.002, 1_920)
    halves = [varispeed.read(sound, 20.25 + at * 1.002, 1.002, 960) for at in (0, 960)]
    assert np.abs(np.concatenate(halves, axis=1) - whole).max() < 1e-6
