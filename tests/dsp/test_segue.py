"""Fades of equal power, in one piece and block by block."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.block import Samples, silence
from dsp.clicks import clicks_at
from dsp.segue import falling, rising
from tests.dsp.sounds import music, rms_db


def noise(seed: int, frames: int = 96_000) -> Samples:
    return np.random.default_rng(seed).standard_normal((2, frames)).astype(np.float32) * np.float32(0.1)


def test_the_gains_squares_add_up_to_one() -> None:
    into, out = rising(4800, 0, 4800), falling(4800, 0, 4800)
    assert into.dtype == out.dtype == np.float32
    assert np.abs(into**2 + out**2 - 1.0).max() < 1e-6
    assert (into[0], out[0]) == (0.0, 1.0)


def test_two_strangers_stay_as_loud_as_one() -> None:
    mixed = noise(1) * falling(96_000, 0, 96_000) + noise(2) * rising(96_000, 0, 96_000)
    levels = [rms_db(mixed[:, at : at + 9600]) for at in range(0, 96_000, 9600)]
    assert max(abs(level + 20.0) for level in levels) < 0.5


@pytest.mark.parametrize("fade", [rising, falling])
def test_blocks_make_the_curve_of_the_whole(fade: Callable[[int, int, int], NDArray[np.float32]]) -> None:
    whole = fade(48_000, 0, 48_000)
    pieces = np.concatenate([fade(48_000, at, 960) for at in range(0, 48_000, 960)])
    assert np.allclose(whole, pieces, atol=1e-6)


def test_behind_its_end_a_fade_stays_where_it_led() -> None:
    assert np.allclose(rising(960, 960, 100), 1.0)
    assert np.allclose(falling(960, 960, 100), 0.0, atol=1e-6)


def test_a_fade_may_begin_anywhere() -> None:
    assert rising(960, 0, 1, 0.4)[0] == pytest.approx(0.4)
    assert falling(960, 0, 1, 0.4)[0] == pytest.approx(0.4)


def test_ten_milliseconds_of_it_begin_and_end_a_sound_without_a_click() -> None:
    sound, frames = music(2.0), 480
    began = np.concatenate((silence(24_000), sound[:, 24_000 : 24_000 + frames] * rising(frames, 0, frames), sound[:, 24_480:]), axis=1)
    ended = np.concatenate((sound[:, :24_000], sound[:, 24_000 : 24_000 + frames] * falling(frames, 0, frames), silence(24_000)), axis=1)
    assert not clicks_at(began, 24_000)
    assert not clicks_at(ended, 24_000 + frames)
