import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples
from generation.procedural.curve import constant, points_of
from generation.procedural.filters import (
    BANDPASS,
    HIGHPASS,
    LOWPASS,
    bell,
    filter_through,
    highpass,
    lowpass,
    narrow_below,
    shelf,
    sweep,
)

FRAMES = SAMPLE_RATE


def impulse() -> Samples:
    sound = np.zeros((2, FRAMES), np.float32)
    sound[:, 0] = 1.0
    return sound


def response_db(sound: Samples, hz: int) -> float:
    """Of what an impulse became, at a whole frequency."""
    return float(20.0 * np.log10(np.abs(np.fft.rfft(sound[0]))[hz] + 1e-12))


@pytest.mark.parametrize(
    ("kind", "low", "middle", "high"),
    [(LOWPASS, 0.0, -3.0, -26.0), (HIGHPASS, -40.0, -3.0, 0.0), (BANDPASS, -17.0, 0.0, -9.0)],
)
def test_a_standing_sweep_is_the_filter_it_says(kind: int, low: float, middle: float, high: float) -> None:
    sound = impulse()
    sweep(sound, constant(1000.0, FRAMES), np.sqrt(0.5), kind)
    assert [response_db(sound, hz) for hz in (100, 1000, 4000)] == pytest.approx([low, middle, high], abs=2.5)


def test_a_moving_sweep_stays_finite_and_has_no_clicks() -> None:
    time = np.arange(FRAMES) / SAMPLE_RATE
    sound = np.tile(0.5 * np.sin(2.0 * np.pi * 100.0 * time), (2, 1)).astype(np.float32)
    wild = np.random.default_rng(0).uniform(300.0, 18_000.0, points_of(FRAMES)).astype(np.float32)
    sweep(sound, wild, 0.7, LOWPASS)
    assert np.abs(sound).max() < 1.0
    smooth = np.tile(0.5 * np.sin(2.0 * np.pi * 100.0 * time), (2, 1)).astype(np.float32)
    sweep(smooth, np.geomspace(200.0, 16_000.0, points_of(FRAMES)).astype(np.float32), 0.7, LOWPASS)
    assert np.abs(np.diff(smooth, 3)).max() < 1e-4


def test_biquads_do_what_they_are_named() -> None:
    for coefficients, at in (
        (highpass(200.0), {20: -40.0, 200: -3.0, 2000: 0.0}),
        (lowpass(2000.0), {200: 0.0, 2000: -3.0, 10_000: -31.0}),
        (bell(1000.0, 4.0, 1.0), {50: 0.0, 1000: 4.0, 16_000: 0.0}),
        (shelf(100.0, -3.0, high=False), {10: -3.0, 100: -1.5, 5000: 0.0}),
        (shelf(5000.0, 5.0, high=True), {100: 0.0, 5000: 2.5, 20_000: 5.0}),
    ):
        sound = impulse()
        filter_through(sound, coefficients)
        assert [response_db(sound, hz) for hz in at] == pytest.approx(list(at.values()), abs=0.7)


def test_what_lies_below_becomes_mono_and_the_middle_is_left_alone() -> None:
    time = np.arange(FRAMES) / SAMPLE_RATE
    for hz, kept in ((30.0, 0.06), (3000.0, 1.5)):
        side = np.sin(2.0 * np.pi * hz * time)
        sound = np.stack([0.3 + side, 0.3 - side]).astype(np.float32)
        narrow_below(sound, highpass(140.0), constant(1.5, FRAMES))
        assert np.abs((sound[0] + sound[1]) / 2.0 - 0.3).max() < 1e-5
        assert np.abs((sound[0] - sound[1])[FRAMES // 2 :] / 2.0).max() == pytest.approx(kept, rel=0.25)
