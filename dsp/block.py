"""The unit of sound in this house, and its clock rate.

Sound is planar float32, shape [2, frames], within [-1, 1], at 48 kHz. A block is 960 frames (20 ms): what one tick of the
station's clock makes. Everything else (a track, a part, a segment) is a whole number of frames counted at the same rate.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE: Final = 48_000
CHANNELS: Final = 2
BLOCK_FRAMES: Final = 960

Samples: TypeAlias = NDArray[np.float32]
"""float32 [2, frames]."""


def silence(frames: int) -> Samples:
    """Digital silence, float32 [2, frames]."""
    return np.zeros((CHANNELS, frames), np.float32)


def frames_of(seconds: float) -> int:
    """The whole number of frames nearest to `seconds`."""
    return round(seconds * SAMPLE_RATE)


def seconds_of(frames: int) -> float:
    """The length of `frames` in seconds."""
    return frames / SAMPLE_RATE
