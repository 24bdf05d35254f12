"""Blend: two sounds over one another, kept as loud together as they would be if they had nothing in common.

Gains whose squares add up to one suit strangers. What two sounds share adds up otherwise: a track under itself would rise by 3 dB.
So what they share is measured where they meet, and both are turned down (or up) by what it changes, moment by moment. Two equal
sounds are so mixed along gains that add up to one, which is the straight line; strangers are left as they are.
"""

from math import sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples

SHARED: Final = 0.5
"""The correlation from which on two sounds count as one and the same in words."""
_LONGEST_HOP: Final = SAMPLE_RATE // 40
_SHORTEST_HOP: Final = 240
_HOPS: Final = 40
"""A blend is looked at in at least so many places, unless it is very short."""
_WINDOW_HOPS: Final = 5
_MOST: Final = 3.0
"""In power: 4.8 dB up or down."""
_ROUNDS: Final = 6
_FAINT: Final = 1e-9
"""Mean square below which nothing is heard and nothing corrected."""


def correlation(leaving: Samples, coming: Samples) -> float:
    """How much two equally long sounds have in common, float32 [2, n]: -1 to 1; 0 for silence."""
    ours, theirs, shared = (float(powers.sum()) for powers in _powers(leaving, coming, max(1, leaving.shape[1])))
    return shared / sqrt(ours * theirs) if ours > 0.0 and theirs > 0.0 else 0.0


def levelling(leaving: Samples, coming: Samples) -> NDArray[np.float32]:
    """The gain for both, float32 [n], that gives their sum the power of strangers.

    `leaving` and `coming`, float32 [2, n], have their fades already. It begins and ends at 1, so that it joins what is around it.
    """
    frames = leaving.shape[1]
    hop = min(_LONGEST_HOP, max(_SHORTEST_HOP, frames // _HOPS))
    if frames < 2 * hop:
        return np.ones(frames, np.float32)
    ours, theirs, shared = _powers(leaving, coming, hop)
    wanted, together = _smooth(ours + theirs), np.maximum(ours + theirs + 2.0 * shared, 0.0)
    power = np.ones_like(together)
    for _ in range(_ROUNDS):  # a gain is smoother than the sound that it corrects: what it misses is made up for around it
        heard = _smooth(power * together)
        power *= np.divide(wanted, heard, out=np.ones_like(heard), where=(wanted > _FAINT) & (heard > _FAINT))
        power = np.clip(power, 1.0 / _MOST, _MOST)
    gains = np.sqrt(power)
    places = np.arange(gains.size) * hop
    places = (places + np.minimum(places + hop, frames)) / 2  # the middle of each; the last hop may be shorter
    ends = np.concatenate(([0.0], places, [float(frames)]))
    return np.interp(np.arange(frames), ends, np.concatenate(([1.0], gains, [1.0]))).astype(np.float32)


def _powers(leaving: Samples, coming: Samples, hop: int) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """The mean square of each and of what they share, in each hop; the last one may be shorter."""
    starts = np.arange(0, leaving.shape[1], hop)
    lengths = np.diff(np.append(starts, leaving.shape[1]))
    pairs = ((leaving, leaving), (coming, coming), (leaving, coming))
    ours, theirs, shared = (np.add.reduceat((one * other).sum(axis=0, dtype=np.float64), starts) / lengths for one, other in pairs)
    return ours, theirs, shared


def _smooth(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the hops around each; at the ends over those that there are."""
    window = np.hanning(_WINDOW_HOPS + 2)[1:-1]
    within = np.convolve(np.ones_like(powers), window)
    cut = slice(_WINDOW_HOPS // 2, _WINDOW_HOPS // 2 + powers.size)
    return np.asarray(np.convolve(powers, window)[cut] / within[cut])
