import numpy as np
import pytest

from dsp.block import SAMPLE_RATE
from dsp.guard import widened
from dsp.lowpass import LowPass
from dsp.settings import LowPassSettings
from tests.dsp.sounds import music
from tests.dsp.spectra import response_db


def filtered(sound: np.ndarray, bypass: bool = False, frames: int = 960) -> np.ndarray:
    lowpass, wide = LowPass(LowPassSettings(bypass)), widened(sound)
    pieces = [np.ascontiguousarray(wide[:, start : start + frames]) for start in range(0, wide.shape[1], frames)]
    for piece in pieces:
        lowpass.process(piece)
    return np.concatenate(pieces, axis=1)


def impulse() -> np.ndarray:
    sound = np.zeros((2, 2 * SAMPLE_RATE), np.float32)
    sound[:, 0] = 1.0
    return sound


def test_is_flat_up_to_20_khz_and_closed_above() -> None:
    response = response_db(filtered(impulse())[1])
    assert np.abs(response[: 2 * 20_000]).max() < 0.03
    assert response[2 * 21_600 :].max() < -75.0


@pytest.mark.parametrize("hz", [100, 1000, 5000, 10_000])
def test_its_latency_is_the_true_one(hz: int) -> None:
    """By the phase: half a frame at most beside it."""
    phase = np.unwrap(np.angle(np.fft.rfft(filtered(impulse())[0])))
    delay = -(phase[2 * hz + 2] - phase[2 * hz - 2]) / (4 * np.pi / (2 * SAMPLE_RATE)) / 2.0
    assert delay == pytest.approx(LowPass.latency_frames, abs=0.5)


def test_bypassed_it_delays_every_bit_as_much() -> None:
    output = filtered(music(1.0), bypass=True)
    late = LowPass.latency_frames
    assert np.array_equal(output[:, late:], music(1.0)[:, :-late])


@pytest.mark.parametrize("frames", [64, 7])
def test_the_sound_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    assert np.array_equal(filtered(music(1.0), frames=frames), filtered(music(1.0)))
