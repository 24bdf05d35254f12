import numpy as np
import pytest

from dsp.block import SAMPLE_RATE
from dsp.crossover import Crossover, LowBand
from dsp.guard import widened
from dsp.settings import CrossoverSettings
from tests.dsp.sounds import music, sine
from tests.dsp.spectra import highest_above_5_khz_dbfs, response_db

CUTS = CrossoverSettings()


def bands_of_an_impulse() -> np.ndarray:
    impulse = np.zeros((2, 2 * SAMPLE_RATE))
    impulse[:, 0] = 1.0
    return Crossover(CUTS).split(impulse)


def at(response: np.ndarray, hz: float) -> float:
    return float(response[round(2 * hz)])


def test_the_bands_add_up_flat() -> None:
    response = response_db(bands_of_an_impulse().sum(axis=0)[0])
    assert np.abs(response[2 * 10 : 2 * 23_000]).max() < 0.01


@pytest.mark.parametrize(("band", "below_hz", "above_hz"), [(0, None, 120.0), (1, 120.0, 800.0), (2, 800.0, 5000.0), (3, 5000.0, None)])
def test_each_band_is_6_db_down_at_its_cuts_and_falls_24_db_an_octave(band: int, below_hz: float | None, above_hz: float | None) -> None:
    response = response_db(bands_of_an_impulse()[band, 0])
    for cut, away in ((below_hz, 0.25), (above_hz, 4.0)):
        if cut:
            assert at(response, cut) == pytest.approx(-6.0, abs=0.3)
            if cut * away < 16_000.0:
                assert at(response, cut * away) <= -46.0
                assert at(response, cut * away * away**0.5) - at(response, cut * away) <= -23.5


def test_bands_do_not_depend_on_the_length_of_a_block() -> None:
    sound = widened(music(1.0))
    whole, cut = Crossover(CUTS).split(sound), Crossover(CUTS)
    pieces = [cut.split(np.ascontiguousarray(sound[:, start : start + 700])) for start in range(0, SAMPLE_RATE, 700)]
    assert np.array_equal(np.concatenate(pieces, axis=2), whole)


@pytest.mark.parametrize("cuts", [CrossoverSettings(low_hz=400.0), CrossoverSettings(low_hz=40.0), CrossoverSettings(mid_hz=250.0)])
def test_the_cuts_move_without_a_click(cuts: CrossoverSettings) -> None:
    crossover, tone = Crossover(CUTS), widened(sine(100.0, 3.0, -6.0))
    before = crossover.split(np.ascontiguousarray(tone[:, :SAMPLE_RATE]))
    crossover.change(cuts)
    behind = crossover.split(np.ascontiguousarray(tone[:, SAMPLE_RATE:]))
    for band in range(4):
        whole = np.concatenate((before[band, 0], behind[band, 0]))
        assert highest_above_5_khz_dbfs(whole[SAMPLE_RATE // 2 :]) < -85.0


def test_a_low_band_and_the_rest_are_the_sound() -> None:
    impulse = np.zeros((2, 2 * SAMPLE_RATE), np.float32)
    impulse[:, 0] = 1.0
    low, rest = LowBand(120.0).split(impulse)
    assert np.abs(response_db(low[0] + rest[0])[20:40_000]).max() < 0.01
    assert at(response_db(low[0]), 30.0) == pytest.approx(0.0, abs=0.1)
    assert at(response_db(low[0]), 480.0) < -46.0
    assert at(response_db(rest[0]), 30.0) < -46.0


def test_a_low_band_does_not_depend_on_the_length_of_a_block() -> None:
    whole, cut = LowBand().split(music(1.0)), LowBand()
    pieces = [cut.split(music(1.0)[:, start : start + 500]) for start in range(0, SAMPLE_RATE, 500)]
    for side in range(2):
        assert np.array_equal(np.concatenate([piece[side] for piece in pieces], axis=1), whole[side])
