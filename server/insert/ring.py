"""The memory that the engine and its rack share: eight places, each with a block on its way there and one on its way back.

It owns the layout alone. Who may touch a place when is agreed by the line (line.py): a place belongs to the rack from the moment its
number is posted until its number is answered.
"""

import mmap
import os
import tempfile
from typing import Final

import numpy as np

from dsp.block import BLOCK_FRAMES, CHANNELS, Samples

PLACES: Final = 8
"""Blocks that may be under way; a rack that is further behind is not asked for more."""
RING_BYTES: Final = 2 * PLACES * CHANNELS * BLOCK_FRAMES * 4


def shared_memory() -> int:
    """A descriptor of that much memory, without a name: it is gone with the last process that has it open. Raises OSError."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("sonicforge-insert")
    else:
        with tempfile.TemporaryFile() as file:
            descriptor = os.dup(file.fileno())
    os.ftruncate(descriptor, RING_BYTES)
    return descriptor


class Ring:
    """The places, mapped into this process."""

    def __init__(self, descriptor: int) -> None:
        """The descriptor may be closed afterwards. Raises OSError, ValueError."""
        places = np.frombuffer(mmap.mmap(descriptor, RING_BYTES), np.float32)
        shaped = places.reshape(2, PLACES, CHANNELS, BLOCK_FRAMES)
        self._there: list[Samples] = list(shaped[0])
        self._back: list[Samples] = list(shaped[1])

    def there(self, number: int) -> Samples:
        """The block of that number on its way to the plug-ins, float32 [2, 960]."""
        return self._there[number % PLACES]

    def back(self, number: int) -> Samples:
        """The block of that number as they made it, float32 [2, 960]."""
        return self._back[number % PLACES]
