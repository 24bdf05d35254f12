"""A curve: what moves a filter or a pitch. One float32 value every CONTROL_FRAMES frames, held until the next."""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE

Curve: TypeAlias = NDArray[np.float32]
"""float32 [points]."""
Mono: TypeAlias = NDArray[np.float32]
"""float32 [frames]: one channel of sound, or a gain for every frame."""

CONTROL_FRAMES: Final = 32
"""0.67 ms: fine enough that a sweep has no audible steps."""


def points_of(frames: int) -> int:
    """How many points a curve over `frames` needs."""
    return -(-frames // CONTROL_FRAMES)


def constant(value: float, frames: int) -> Curve:
    """A curve that stays."""
    return np.full(points_of(frames), value, np.float32)


def seconds_along(frames: int) -> Curve:
    """The time of each point, from 0."""
    return (np.arange(points_of(frames)) * (CONTROL_FRAMES / SAMPLE_RATE)).astype(np.float32)
