"""Where sounds are put: adding one into a bus at a frame. What falls outside the bus is cut."""

import math

import numpy as np

from dsp.block import Samples
from dsp.kernel import kernel


@kernel
def _add(bus: Samples, sound: Samples, at: int, left: float, right: float) -> None:
    for frame in range(max(0, -at), min(sound.shape[1], bus.shape[1] - at)):
        bus[0, at + frame] += left * sound[0, frame]
        bus[1, at + frame] += right * sound[1, frame]


@kernel
def add_scaled(bus: Samples, sound: Samples, gain: float) -> None:
    """bus += gain * sound, without a temporary; both [2, frames]."""
    for channel in range(2):
        for frame in range(bus.shape[1]):
            bus[channel, frame] += gain * sound[channel, frame]


def place(bus: Samples, sound: Samples, frame: int, gain: float = 1.0, pan: float = 0.0) -> None:
    """Adds `sound` from `frame` on. `pan` is -1 (left) to 1, equal power, 0 leaves the sound's own image."""
    angle = (pan + 1.0) * math.pi / 4.0
    _add(bus, sound, frame, gain * math.sqrt(2.0) * math.cos(angle), gain * math.sqrt(2.0) * math.sin(angle))


def both(mono: np.ndarray) -> Samples:
    """One channel on both sides, float32 [2, frames]."""
    return np.stack([mono, mono]).astype(np.float32)
