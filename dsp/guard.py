"""The guard: the door into the chain, through which only sound goes.

What is not a number, infinite or absurdly high becomes silence here, before it could poison the memory of any filter.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsp.block import Samples
from dsp.kernel import kernel, plain

Wide: TypeAlias = NDArray[np.float64]
"""float64 [2, frames]: the sound between two stages of the chain, which each stage changes in place."""

ABSURD: Final = 64.0
"""+36 dBFS: no sound is that high."""
SILENT: Final = 1e-10
"""-200 dBFS: what leaves the chain below it is digital silence."""
GONE: Final = 1e-30
"""A filter empties a memory that is below this: numbers much smaller slow the processor down."""


def widened(block: Samples) -> Wide:
    """`block` as the stages of the chain take it: cleaned, in a new array."""
    sound = np.empty(block.shape)
    _clean(plain(block), sound)
    return sound


def narrowed(sound: Wide) -> Samples:
    """`sound` as it leaves the chain: float32, silence where nothing is left of it."""
    block = np.empty(sound.shape, np.float32)
    _round(sound, block)
    return block


@kernel
def _clean(block: Samples, sound: Wide) -> None:
    for channel in range(block.shape[0]):
        for frame in range(block.shape[1]):
            x = block[channel, frame]
            sound[channel, frame] = x if abs(x) <= ABSURD else 0.0


@kernel
def _round(sound: Wide, block: Samples) -> None:
    for channel in range(sound.shape[0]):
        for frame in range(sound.shape[1]):
            x = sound[channel, frame]
            block[channel, frame] = x if abs(x) > SILENT else 0.0
