"""What can be measured of a take's samples alone: loudness, silence, clipping, the channels, the end."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.loudness import HOP_FRAMES, hop_energies, lufs, measure_loudness

HOLE_LUFS: Final = -60.0
_CLIPPED: Final = 0.999
_HOPS_A_SECOND: Final = SAMPLE_RATE // HOP_FRAMES
_EDGE_SECONDS: Final = 8.0
"""At both ends a fade is no hole."""
_END_SECONDS: Final = 0.05
_WINDOW: Final = 4096
_MOST_WINDOWS: Final = 400
_FAINTEST_DB: Final = -120.0


def measure_level(sound: Samples) -> dict[str, float]:
    """Of finite float32 [2, frames], of a second or more."""
    loudness = lufs(hop_energies(sound))
    whole = measure_loudness(sound)
    powers = [float(np.dot(side, side)) / side.size for side in sound]
    levels = [_decibels(power) for power in powers]
    end = sound[:, -frames_of(_END_SECONDS) :]
    return {
        "integrated_lufs": whole.integrated_lufs,
        "range_lu": whole.range_lu,
        "silent_share": float((loudness < HOLE_LUFS).mean()),
        "longest_hole_seconds": _longest_hole_seconds(loudness),
        "clipped_share": float(np.mean(np.abs(sound) >= _CLIPPED)),
        "offset": float(np.abs(sound.mean(axis=1, dtype=np.float64)).max()),
        "correlation": _correlation(sound, powers),
        "imbalance_db": abs(levels[0] - levels[1]),
        "flatness": _flatness(sound),
        "end_db": _decibels(float(np.mean(np.square(end)))) - _decibels(sum(powers) / 2.0),
    }


def _decibels(power: float) -> float:
    return max(_FAINTEST_DB, 10.0 * float(np.log10(max(power, 1e-30))))


def _longest_hole_seconds(loudness: NDArray[np.float64]) -> float:
    edge = round(_EDGE_SECONDS * _HOPS_A_SECOND)
    silent = np.concatenate(([False], loudness[edge:-edge] < HOLE_LUFS, [False])).astype(np.int8)
    changes = np.diff(silent)
    starts, ends = np.flatnonzero(changes == 1), np.flatnonzero(changes == -1)
    return float((ends - starts).max() / _HOPS_A_SECOND) if len(starts) else 0.0


def _correlation(sound: Samples, powers: list[float]) -> float:
    """-1 to 1; 1 for silence."""
    product = powers[0] * powers[1]
    return float(np.dot(sound[0], sound[1])) / sound.shape[1] / product**0.5 if product > 1e-24 else 1.0


def _flatness(sound: Samples) -> float:
    """Geometric over arithmetic mean of the power spectrum between 94 Hz and 16 kHz, averaged over windows that sound."""
    last = sound.shape[1] - _WINDOW
    starts = np.linspace(0, last, min(_MOST_WINDOWS, last // _WINDOW + 1)).astype(np.int64)
    shape = np.hanning(_WINDOW)
    values = []
    for start in starts:
        power = np.abs(np.fft.rfft(sound[:, start : start + _WINDOW].mean(axis=0) * shape)[8:1366]) ** 2
        if power.mean() > 1e-6:
            values.append(float(np.exp(np.log(power + 1e-12).mean()) / power.mean()))
    return float(np.mean(values)) if values else 0.0
