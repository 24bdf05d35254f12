"""Gain: how much louder, in decibels and as a factor, and how it changes without a click."""

from typing import Final

import numpy as np

from dsp.block import Samples
from dsp.kernel import kernel

FLOOR_DB: Final = -120.0
"""What stands for silence on a decibel scale: below the last bit of 16-bit sound by 24 dB."""


def db_to_gain(db: float) -> float:
    """The factor that is `db` decibels."""
    return float(10.0 ** (db / 20.0))


def gain_to_db(gain: float, floor_db: float = FLOOR_DB) -> float:
    """The decibels that are the factor `gain`; never below `floor_db`, which also stands for 0."""
    return max(floor_db, 20.0 * float(np.log10(gain))) if gain > 0.0 else floor_db


def peak_db(block: Samples) -> float:
    """The highest sample of either channel in dBFS; FLOOR_DB for silence."""
    return gain_to_db(max(float(block.max()), -float(block.min()))) if block.size else FLOOR_DB


def glide(block: Samples, gain: float, step: float, into: int) -> None:
    """Multiplies `block` in place by a gain that moves by `step` a frame; it was `gain`, `into` frames before the block."""
    _glide(block, gain, step, into)


@kernel
def _glide(block: Samples, gain: float, step: float, into: int) -> None:
    for channel in range(block.shape[0]):
        for frame in range(block.shape[1]):
            block[channel, frame] = block[channel, frame] * (gain + step * (into + frame + 1))
