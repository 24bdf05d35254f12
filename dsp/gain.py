"""Gain: how much louder, in decibels and as a factor."""

from typing import Final

import numpy as np

from dsp.block import Samples

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
