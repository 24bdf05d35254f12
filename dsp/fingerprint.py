"""How alike two fingerprints are, and which of their values an index is asked for.

A fingerprint is Chromaprint's: uint32 [values], one value for each 1/8 s of the first two minutes; who makes it stands in
server/ears/chromaprint.py. Two copies of one recording differ in few bits once they are laid over one another rightly, however they were
coded; two recordings differ in half of them. A change of speed or pitch by 1 % hides a copy from it.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Fingerprint: TypeAlias = NDArray[np.uint32]
"""uint32 [values]."""

SAME: Final = 0.75
"""From here on it is the same recording."""
RELATED: Final = 0.6
"""From here on somebody should listen: another master of it, a heavily processed copy. Two recordings with the same drums and the same
voices at one tempo come up to 0.54 (benchmarks/sound_fingerprint.py), others stay below 0.3."""
SOUGHT_BITS: Final = 28
SOUGHT_VALUES: Final = 120
_SOUGHT_FROM: Final = 80
_SILENCE: Final = 627_964_279
_LEAST_OVERLAP: Final = 64
"""Values, eight seconds: less proves nothing."""


def likeness(one: Fingerprint, other: Fingerprint) -> float:
    """1 for equal ones, about 0 for those of different recordings: 1 - 2 x bit error rate where they fit best."""
    least = max(_LEAST_OVERLAP, min(one.size, other.size) // 2)
    best = 0.0
    if min(one.size, other.size) < least:
        return best
    for offset in range(least - other.size, one.size - least + 1):
        mine, others = one[max(0, offset) : offset + other.size], other[max(0, -offset) : one.size - offset]
        wrong = int(np.bitwise_count(mine ^ others).sum())
        best = max(best, 1.0 - wrong / (16.0 * mine.size))
    return best


def indexed(fingerprint: Fingerprint) -> NDArray[np.int32]:
    """What an index holds of a fingerprint: the upper bits of each value, each once, without silence."""
    return np.unique(_upper(fingerprint))


def sought(fingerprint: Fingerprint) -> NDArray[np.int32]:
    """What an index is asked for: values from the middle of the fingerprint on, each once, 120 at most."""
    start = max(0, min(_SOUGHT_FROM, fingerprint.size - SOUGHT_VALUES))
    values, places = np.unique(_upper(fingerprint[start:]), return_index=True)
    return values[np.argsort(places)[:SOUGHT_VALUES]]


def _upper(fingerprint: Fingerprint) -> NDArray[np.int32]:
    return np.asarray(fingerprint[fingerprint != _SILENCE] >> np.uint32(32 - SOUGHT_BITS), np.int32)
