import numpy as np
import pytest

from dsp.fader import Fader
from dsp.guard import widened
from tests.dsp.sounds import music, sine
from tests.dsp.spectra import highest_above_5_khz_dbfs


def test_at_nothing_it_leaves_every_bit() -> None:
    sound = widened(music(1.0))
    Fader().process(sound)
    assert np.array_equal(sound, music(1.0))


def test_moves_to_its_gain_without_a_click() -> None:
    fader, sound = Fader(-6.0), widened(sine(100.0, 3.0, -6.0))
    first, then = sound[:, :48_000].copy(), sound[:, 48_000:].copy()
    fader.process(first)
    fader.move(6.0)
    fader.process(then)
    assert fader.gain_db == 6.0
    whole = np.concatenate((first, then), axis=1)[0]
    assert np.abs(whole[:48_000]).max() == pytest.approx(10.0 ** (-12.0 / 20.0), rel=1e-3)
    assert np.abs(whole[-48_000:]).max() == pytest.approx(1.0, rel=1e-3)
    assert highest_above_5_khz_dbfs(whole) < -85.0
