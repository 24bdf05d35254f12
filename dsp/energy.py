"""Energy: how driving a track is, from 0 (a lullaby) to 1 (a peak-time record).

By three things that can be measured: how loud it is, how much begins every second, and how bright it is. It ranks tracks of one
catalogue; it says nothing of their mood.
"""

from typing import Final

import numpy as np

from dsp.onsets import onset_strengths
from dsp.spectrogram import Spectrogram

_QUIET_LUFS: Final = -28.0
_LOUD_LUFS: Final = -7.0
_CALM_ONSETS: Final = 0.01
_BUSY_ONSETS: Final = 0.25
_DARK_HZ: Final = 300.0
_BRIGHT_HZ: Final = 6000.0
_SHARES: Final = (0.40, 0.35, 0.25)
"""Of loudness, onsets and brightness."""
_SOUNDING: Final = 1e-3
"""Moments below this share of the mean power do not count."""


def find_energy(spectrogram: Spectrogram, integrated_lufs: float) -> float:
    """0 to 1; 0 for silence."""
    powers = spectrogram.powers.sum(axis=1)
    sounding = powers > max(1e-10, _SOUNDING * float(powers.mean()))
    if not sounding.any():
        return 0.0
    onsets = float(onset_strengths(spectrogram)[sounding].mean())
    hertz = float(np.average(spectrogram.centroids_hz[sounding], weights=np.sqrt(powers[sounding])))
    parts = (
        (integrated_lufs - _QUIET_LUFS) / (_LOUD_LUFS - _QUIET_LUFS),
        np.log(max(onsets, 1e-6) / _CALM_ONSETS) / np.log(_BUSY_ONSETS / _CALM_ONSETS),
        np.log(max(hertz, 1.0) / _DARK_HZ) / np.log(_BRIGHT_HZ / _DARK_HZ),
    )
    return round(float(np.dot(_SHARES, np.clip(parts, 0.0, 1.0))), 4)
