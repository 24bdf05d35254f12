"""What the tests of this room see of a sound in its spectrum."""

import numpy as np
from scipy.signal import fftconvolve, firwin

from dsp.block import SAMPLE_RATE

ABOVE = firwin(4001, 5000.0, pass_zero=False, fs=SAMPLE_RATE, window=("kaiser", 16.0))


def lines_dbfs(channel: np.ndarray) -> np.ndarray:
    """The level of each whole hertz in the last second of a channel; a sine at full scale reads 0 in its line."""
    second = channel[-SAMPLE_RATE:].astype(np.float64) * np.blackman(SAMPLE_RATE)
    return np.asarray(20.0 * np.log10(np.abs(np.fft.rfft(second)) / (0.21 * SAMPLE_RATE) + 1e-20))


def response_db(impulse_response: np.ndarray) -> np.ndarray:
    """The gain at each half of a hertz, of a response two seconds long."""
    return np.asarray(20.0 * np.log10(np.abs(np.fft.rfft(impulse_response.astype(np.float64), 2 * SAMPLE_RATE)) + 1e-30))


def highest_above_5_khz_dbfs(channel: np.ndarray) -> float:
    """The highest point of what lies above 5 kHz: where a low tone is all there should be, a click's height."""
    return 20.0 * float(np.log10(np.abs(fftconvolve(channel.astype(np.float64), ABOVE, mode="valid")).max() + 1e-20))
