"""The instruments of the sound's bench, on sounds whose readings are known."""

import numpy as np
import pytest
from scipy.signal import firwin, resample_poly

from benchmarks import instruments
from dsp.block import SAMPLE_RATE, Samples, frames_of
from tests.dsp.sounds import hostile, music, padded, sine


@pytest.mark.parametrize("name", ["white noise", "pairs of impulses", "sweep"])
def test_true_peak_is_that_of_every_point(name: str) -> None:
    sound = padded(hostile()[name][:, : frames_of(0.4)], 0.01)
    taps = firwin(16 * 96 + 1, 1 / 16, window=("kaiser", 9.0))
    points = resample_poly(sound.astype(np.float64), 16, 1, axis=1, window=taps)
    assert instruments.true_peak_dbtp(sound) == pytest.approx(20.0 * np.log10(np.abs(points).max()), abs=2e-4)


def test_true_peak_of_a_long_sound_is_that_of_its_pieces() -> None:
    sound = music(5.0).copy()
    place = 2 * instruments.PIECE_FRAMES
    sound[:, place - 1 : place + 1] = 2.0
    assert instruments.true_peak_dbtp(sound) == pytest.approx(
        instruments.true_peak_dbtp(sound[:, place - 20_000 : place + 20_000]), abs=1e-3
    )


def test_an_ideal_converter_finds_the_top_of_a_sine_between_the_samples() -> None:
    window = np.hanning(frames_of(0.5))
    sound = (sine(SAMPLE_RATE / 4, 0.5, 0.0, 45.0) * window).astype(np.float32)
    assert instruments.sample_peak_dbfs(sound) == pytest.approx(-3.01, abs=0.01)
    assert instruments.ideal_peak_dbtp(sound) == pytest.approx(0.0, abs=0.01)


def test_response_and_delay_of_a_wire_that_is_37_frames_long() -> None:
    impulse = instruments.impulse_response(lambda sound: np.asarray(0.5 * np.roll(sound, 37, axis=1), np.float32))
    _, levels = instruments.response_db(impulse)
    assert np.abs(levels + 6.02).max() < 0.01
    assert instruments.delay_frames(impulse) == pytest.approx(37.0, abs=0.01)


def test_residue_is_what_was_added_to_the_tone() -> None:
    tone = sine(1000.0, 1.0, -6.0)[0].astype(np.float64)
    assert instruments.residue_db(tone, (1000.0,)) < -140.0
    assert instruments.residue_db(tone + sine(3000.0, 1.0, -66.0)[0], (1000.0,)) == pytest.approx(-60.0, abs=0.1)


def test_what_lies_above_5_khz_is_heard_and_what_lies_below_is_not() -> None:
    assert instruments.highest_above_dbfs(sine(100.0, 1.0, -6.0)) < -140.0
    both = sine(100.0, 1.0, -6.0) + sine(7300.0, 1.0, -80.0)
    assert instruments.highest_above_dbfs(both) == pytest.approx(-80.0, abs=0.1)


def test_a_step_is_a_click() -> None:
    sound = sine(100.0, 1.0, -6.0).copy()
    sound[:, 24_120:] *= np.float32(0.9)
    assert instruments.highest_above_dbfs(sound) > -60.0


def test_white_noise_rises_by_a_decibel_a_third() -> None:
    noise = np.random.default_rng(1).standard_normal((2, 20 * SAMPLE_RATE)).astype(np.float32)
    slope = np.polyfit(np.arange(27), instruments.thirds_db(noise), 1)[0]
    assert slope == pytest.approx(1.0, abs=0.05)


@pytest.mark.parametrize(("right", "loss", "alike"), [(1.0, 0.0, 1.0), (0.0, 3.0, 1.0)])
def test_mono_loses_what_only_one_side_has(right: float, loss: float, alike: float) -> None:
    left = music(2.0)[0]
    sound: Samples = np.stack((left, np.float32(right) * left))
    assert instruments.mono_loss_db(sound) == pytest.approx(loss, abs=0.1)
    assert instruments.correlation(sound) == pytest.approx(alike, abs=0.01)


def test_opposite_sides_are_lost_in_mono() -> None:
    left = music(2.0)[0]
    assert instruments.mono_loss_db(np.stack((left, -left))) > 100.0
    assert instruments.correlation(np.stack((left, -left))) == pytest.approx(-1.0)


def test_crest_of_a_sine_is_three_decibels() -> None:
    assert instruments.crest_db(sine(1000.0, 1.0, -6.0)) == pytest.approx(3.01, abs=0.01)
