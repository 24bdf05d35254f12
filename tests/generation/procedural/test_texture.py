import numpy as np
import pytest

from dsp.block import CHANNELS, SAMPLE_RATE
from generation.procedural.texture import TEXTURES


@pytest.mark.parametrize("name", TEXTURES)
def test_a_texture_is_even_and_has_no_needles(name: str) -> None:
    sound = np.zeros((CHANNELS, 8 * SAMPLE_RATE), np.float32)
    TEXTURES[name](sound, 9, np.random.default_rng(0))
    seconds = sound.reshape(CHANNELS, 8, SAMPLE_RATE)
    levels = 10.0 * np.log10(np.mean(seconds**2, axis=(0, 2)))[1:]
    assert levels.max() - levels.min() < 14.0
    assert np.abs(sound).max() < 25.0 * np.sqrt(np.mean(sound**2))
