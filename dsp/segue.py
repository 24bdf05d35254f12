"""The segue's arithmetic: how two sounds cross over, and how one begins or ends without a click.

Equal power: the gains' squares add up to 1, so two tracks that have nothing in common stay as loud as one (+-0.3 dB; a straight line
would dip by 2.7 dB). A segue may last many seconds, so its gains are computed where they are needed and never as a whole.
"""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.block import Samples
from dsp.kernel import kernel, plain


def equal_power(frames: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """The gains of the outgoing and of the incoming sound over a segue of `frames`, float32 [frames] each."""
    angle = (np.arange(frames) + 0.5) * (math.pi / 2.0 / max(1, frames))
    return np.cos(angle).astype(np.float32), np.sin(angle).astype(np.float32)


def mix(outgoing: Samples, incoming: Samples, at: int, frames: int) -> Samples:
    """A stretch of an equal-power segue of `frames`, from frame `at` of it: a new array. Both sounds are equally long.

    Before the segue (`at` < 0) only the outgoing sound is heard, after it only the incoming.
    """
    mixed = np.empty(outgoing.shape, np.float32)
    _cross(plain(outgoing), plain(incoming), at, frames, mixed)
    return mixed


def ramp_in(frames: int) -> NDArray[np.float32]:
    """Gains from 0 to 1 along a half cosine, float32 [frames]: 5 to 20 ms of it begin a sound without a click."""
    angle = (np.arange(frames) + 0.5) * (math.pi / max(1, frames))
    return np.asarray((1.0 - np.cos(angle)) / 2.0, np.float32)


def ramp_out(frames: int) -> NDArray[np.float32]:
    """Gains from 1 to 0, the mirror of `ramp_in`."""
    return np.ascontiguousarray(ramp_in(frames)[::-1])


@kernel
def _cross(outgoing: Samples, incoming: Samples, at: int, frames: int, mixed: Samples) -> None:
    turn = math.pi / 2.0 / max(1, frames)
    for frame in range(mixed.shape[1]):
        angle = min(math.pi / 2.0, max(0.0, (at + frame + 0.5) * turn))
        out, into = math.cos(angle), math.sin(angle)
        for channel in range(mixed.shape[0]):
            mixed[channel, frame] = out * outgoing[channel, frame] + into * incoming[channel, frame]
