"""How clearly a take beats at the tempo that it claims: how steadily its onsets come again after one beat, two, four and eight."""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from dsp.onsets import onset_strengths
from dsp.spectrogram import MOMENTS_A_SECOND, Spectrogram
from dsp.tempo import standing_out

_MULTIPLES: Final = (1, 2, 4, 8)
_OCTAVES: Final = (0.5, 1.0, 2.0)
"""Half time and double time are the same music, counted otherwise."""
_NEAR: Final = np.array([-1.0, -0.5, 0.0, 0.5, 1.0])
"""Moments by which a beat may miss its place."""


def pulse_clarity(spectrogram: Spectrogram, bpm: float) -> float:
    """0 (chance, or nothing beats) to 1, at `bpm` or its half or double, whichever is clearest."""
    if not bpm > 0.0:
        return 0.0
    correlation = _autocorrelation(standing_out(onset_strengths(spectrogram)).sum(axis=1))
    return max((_at(correlation, 60.0 * MOMENTS_A_SECOND / (bpm * octave)) for octave in _OCTAVES), default=0.0)


def _autocorrelation(onsets: NDArray[np.float64]) -> NDArray[np.float64]:
    """1 at no lag; float64 [moments]. Where nothing begins it is 0 everywhere."""
    centred = onsets - onsets.mean()
    moments = centred.size
    power = np.square(np.abs(rfft(centred, next_fast_len(2 * moments, real=True))))
    found = irfft(power, next_fast_len(2 * moments, real=True))[:moments] / np.arange(moments, 0, -1)
    return np.asarray(found / found[0] if found[0] > 1e-9 else np.zeros(moments))


def _at(correlation: NDArray[np.float64], beat: float) -> float:
    """`beat`: in moments. Multiples longer than half of the take tell nothing."""
    lags = [beat * multiple for multiple in _MULTIPLES if beat * multiple < correlation.size / 2]
    places = np.arange(correlation.size)
    found = [float(np.interp(lag + _NEAR, places, correlation).max()) for lag in lags]
    return float(np.clip(np.mean(found), 0.0, 1.0)) if found else 0.0
