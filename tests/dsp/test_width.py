import numpy as np
import pytest

from dsp.settings import CrossoverSettings, WidthSettings
from dsp.width import Width

BANDS = np.random.default_rng(0).standard_normal((4, 2, 960))


def summed(settings: WidthSettings, bypass: bool = False) -> np.ndarray:
    sound = np.full((2, 960), 7.0)
    Width(settings, CrossoverSettings(bypass=bypass)).sum(BANDS, sound)
    return sound


def test_at_one_it_is_the_sum() -> None:
    assert np.allclose(summed(WidthSettings(1.0, 1.0, 1.0, 1.0)), BANDS.sum(axis=0))
    assert np.allclose(summed(WidthSettings(0.0, 2.0, 0.5, 0.0, bypass=True)), BANDS.sum(axis=0))


@pytest.mark.parametrize("width", [0.0, 0.5, 2.0])
def test_the_sides_are_so_wide_and_the_middle_stays(width: float) -> None:
    output = summed(WidthSettings(width, width, width, width))
    whole = BANDS.sum(axis=0)
    assert np.allclose(output[0] + output[1], whole[0] + whole[1])
    assert np.allclose(output[0] - output[1], width * (whole[0] - whole[1]))


def test_each_band_has_its_own() -> None:
    output = summed(WidthSettings(0.0, 1.0, 1.0, 1.0))
    assert np.allclose(output[0] - output[1], (BANDS[1:, 0] - BANDS[1:, 1]).sum(axis=0))


def test_with_the_crossover_bypassed_the_sound_is_what_it_was() -> None:
    assert (summed(WidthSettings(), bypass=True) == 7.0).all()
