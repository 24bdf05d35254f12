import numpy as np
import pytest

from dsp.guard import narrowed, widened
from tests.dsp.sounds import music


@pytest.mark.parametrize("poison", [np.nan, np.inf, -np.inf, 1e30, -65.0])
def test_what_is_no_sound_becomes_silence(poison: float) -> None:
    sound = music(1.0).copy()
    sound[0, 1000] = poison
    clean = widened(sound)
    assert clean[0, 1000] == 0.0
    sound[0, 1000] = 0.0
    assert np.array_equal(clean, sound)


def test_every_bit_of_sound_passes_and_comes_back() -> None:
    assert np.array_equal(narrowed(widened(music(1.0))), music(1.0))


def test_what_nobody_could_hear_is_silence() -> None:
    assert not narrowed(np.full((2, 100), 1e-11)).any()
    assert narrowed(np.full((2, 100), 1e-9)).all()
