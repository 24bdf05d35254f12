"""Cues: where a track begins and ends for the ear, and where the next one may begin under it.

The rules are those of the autocue scripts of Liquidsoap's users: what is 42 LU below the track's loudness is silence; the next track may
begin after the last moment that comes within 8 LU of it, or within 23 LU if the tail after that moment is longer than 15 s. Each place
is found in the momentary loudness, which is blind to single clicks, and then refined to 10 ms.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import Samples, frames_of
from dsp.hearing import Cues
from dsp.loudness import HOP_FRAMES, MOMENTARY_HOPS, SILENCE_LUFS, hop_energies, lufs, measure_loudness

SILENCE_LU: Final = -42.0
START_NEXT_LU: Final = -8.0
LONG_TAIL_LU: Final = -23.0
LONG_TAIL_FRAMES: Final = frames_of(15.0)
LONGEST_OVERLAP_FRAMES: Final = frames_of(12.0)


class NothingToHear(ValueError):
    """Nothing in the track is loud enough to be heard."""


def find_cues(samples: Samples, integrated_lufs: float | None = None) -> Cues:
    """The cues of a whole track; its loudness is measured unless it is handed in. Raises NothingToHear."""
    loudness = measure_loudness(samples).integrated_lufs if integrated_lufs is None else integrated_lufs
    hops = hop_energies(samples)
    moments = lufs(_moments(hops))
    silence = loudness + SILENCE_LU
    if loudness <= SILENCE_LUFS or not (moments > silence).any():
        raise NothingToHear(NothingToHear.__doc__)
    levels = lufs(hops)
    cue_in = _first(moments, levels, silence) * HOP_FRAMES
    last = _end(moments, levels, silence)
    cue_out = last * HOP_FRAMES if last < hops.size else samples.shape[1]
    start_next = _end(moments, levels, loudness + START_NEXT_LU) * HOP_FRAMES
    if cue_out - start_next > LONG_TAIL_FRAMES:
        start_next = _end(moments, levels, loudness + LONG_TAIL_LU) * HOP_FRAMES
    start_next = min(cue_out, max(start_next, cue_out - LONGEST_OVERLAP_FRAMES))
    return Cues(cue_in, max(start_next, cue_in + 1), cue_out)


def _moments(hops: NDArray[np.float64]) -> NDArray[np.float64]:
    """The momentary energy that ends with each hop; before the track and after it is silence."""
    padded = np.concatenate((np.zeros(MOMENTARY_HOPS), hops, np.zeros(MOMENTARY_HOPS - 1)))
    total = np.cumsum(padded)
    return np.asarray(np.maximum(0.0, total[MOMENTARY_HOPS:] - total[:-MOMENTARY_HOPS]) / MOMENTARY_HOPS)


def _first(moments: NDArray[np.float64], levels: NDArray[np.float64], threshold: float) -> int:
    """The first hop above `threshold` in the first moment above it."""
    moment = int(np.argmax(moments > threshold))
    start = max(0, moment + 1 - MOMENTARY_HOPS)
    return start + int(np.argmax(levels[start : moment + 1] > threshold))


def _end(moments: NDArray[np.float64], levels: NDArray[np.float64], threshold: float) -> int:
    """The hop after the last one above `threshold` in the last moment above it; 0 if there is no such moment."""
    above = np.flatnonzero(moments > threshold)
    if not above.size:
        return 0
    start = max(0, int(above[-1]) + 1 - MOMENTARY_HOPS)
    return start + int(np.flatnonzero(levels[start : int(above[-1]) + 1] > threshold)[-1]) + 1
