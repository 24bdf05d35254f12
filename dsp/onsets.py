"""Onsets: how much begins at each moment, in the bass, in the middle and in the treble. Tempo, beats, energy and features read it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.spectrogram import BAND_HZ, Spectrogram

GROUP_HZ: Final = (160.0, 2000.0)
"""The borders between bass, middle and treble."""
GROUPS: Final = len(GROUP_HZ) + 1
_REACH: Final = 1000.0
"""How far below the track's own level a rise still counts, as a ratio of amplitudes: -60 dB."""


def onset_strengths(spectrogram: Spectrogram) -> NDArray[np.float32]:
    """The rise of the logarithmic amplitude over the 20 ms around each moment, in bass, middle and treble; float32 [moments, GROUPS].

    A mean over the bands of a group, so that 1 is a rise by e everywhere in it. A louder copy of a track has the same onsets.
    """
    level = np.sqrt(spectrogram.powers.sum(axis=1, dtype=np.float64).mean() / spectrogram.powers.shape[1]) + 1e-9
    heights = np.log1p(np.sqrt(spectrogram.powers) * np.float32(_REACH / level))
    rises = np.zeros_like(heights)
    np.maximum(heights[2:] - heights[:-2], 0.0, out=rises[1:-1])
    starts = np.concatenate(([0], np.searchsorted(BAND_HZ, GROUP_HZ)))
    sizes = np.diff(np.append(starts, BAND_HZ.size))
    return np.asarray(np.add.reduceat(rises, starts, axis=1) / sizes, np.float32)
