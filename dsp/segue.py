"""The segue's arithmetic: the gains with which one sound leaves and another one comes.

Equal power: the gains' squares add up to 1, so two tracks that have nothing in common stay as loud as one (+-0.3 dB; a straight line
would dip by 2.7 dB). A segue may last many seconds, so its gains are computed where they are needed and never as a whole.
"""

from math import pi

import numpy as np
from numpy.typing import NDArray


def rising(frames: int, at: int, count: int, start_gain: float = 0.0) -> NDArray[np.float32]:
    """`count` gains from frame `at` of a fade of `frames` that goes from `start_gain` to 1 along a quarter sine; 1 behind its end."""
    start = np.float32(start_gain)
    gains: NDArray[np.float32] = start + (1 - start) * np.sin(_angles(frames, at, count))
    return gains


def falling(frames: int, at: int, count: int, start_gain: float = 1.0) -> NDArray[np.float32]:
    """`count` gains from frame `at` of a fade of `frames` that goes from `start_gain` to 0 along a quarter cosine; 0 behind its end."""
    gains: NDArray[np.float32] = np.float32(start_gain) * np.cos(_angles(frames, at, count))
    return gains


def _angles(frames: int, at: int, count: int) -> NDArray[np.float32]:
    done = np.minimum(np.arange(at, at + count, dtype=np.float32), frames)
    return done * np.float32(pi / 2 / frames)
