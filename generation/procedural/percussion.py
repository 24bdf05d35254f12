"""Tuned percussion: congas, toms, blocks, bells. A decaying sine with a bent attack, and a touch of skin noise."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import Samples, frames_of
from generation.procedural.envelopes import falling
from generation.procedural.filters import filter_through, highpass
from generation.procedural.oscillators import turning
from generation.procedural.stage import both


@dataclass(frozen=True, slots=True)
class SkinShape:
    """How a skin, block or bell speaks."""

    hz: float
    bend: float
    """How far above `hz` it begins, as a share."""
    seconds: float
    slap: float
    """Level of the noise of the hand."""
    partial: float = 0.0
    """Frequency of a second mode as a multiple; 0: none."""


PERCUSSION: Final = {
    "conga": (SkinShape(205, 0.12, 0.09, 0.25), SkinShape(290, 0.12, 0.06, 0.4)),
    "bongo": (SkinShape(330, 0.1, 0.05, 0.3), SkinShape(440, 0.1, 0.04, 0.35)),
    "tom": (SkinShape(98, 0.6, 0.16, 0.15), SkinShape(146, 0.6, 0.13, 0.15)),
    "block": (SkinShape(820, 0.02, 0.025, 0.1, 2.7), SkinShape(1080, 0.02, 0.02, 0.1, 2.7)),
    "clave": (SkinShape(1650, 0.0, 0.03, 0.05), SkinShape(2200, 0.0, 0.025, 0.05)),
    "tabla": (SkinShape(176, -0.18, 0.14, 0.15, 2.0), SkinShape(353, 0.05, 0.08, 0.2, 1.5)),
    "agogo": (SkinShape(710, 0.0, 0.06, 0.04, 1.48), SkinShape(1065, 0.0, 0.05, 0.04, 1.48)),
    "drop": (SkinShape(520, 0.9, 0.035, 0.02), SkinShape(760, 0.9, 0.03, 0.02)),
}
"""Low and high stroke of each."""


def skin(shape: SkinShape, rng: np.random.Generator) -> Samples:
    """One stroke, float32 [2, frames], the same on both sides, peak 1."""
    frames = frames_of(0.02 + 6.0 * shape.seconds)
    hz = shape.hz * (1.0 + shape.bend * falling(frames, 0.02))
    turn = turning(hz)
    tone = np.sin(turn)
    if shape.partial:
        tone += 0.5 * np.sin(shape.partial * turn)
    hand = both(rng.standard_normal(frames, np.float32) * falling(frames, 0.006))
    filter_through(hand, highpass(1500.0))
    stroke = both(tone * falling(frames, shape.seconds)) + np.float32(shape.slap) * hand
    stroke[:, :24] *= np.linspace(0.0, 1.0, 24, dtype=np.float32)
    stroke[:, -240:] *= np.linspace(1.0, 0.0, 240, dtype=np.float32)
    out: Samples = stroke / np.abs(stroke).max()
    return out
