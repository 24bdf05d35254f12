"""Bass drums: a sine that falls from a knock to a tuned body, and a click."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import Samples, frames_of
from generation.procedural.envelopes import falling
from generation.procedural.filters import filter_through, highpass
from generation.procedural.oscillators import turning
from generation.procedural.saturation import saturate
from generation.procedural.stage import both


@dataclass(frozen=True, slots=True)
class KickShape:
    """How a bass drum speaks."""

    knock_hz: float
    """How far above the body the sine begins."""
    knock_seconds: float
    hold_seconds: float
    """How long the body stays at full level."""
    fall_seconds: float
    click: float
    drive: float


KICKS: Final = {
    "round": KickShape(190, 0.022, 0.05, 0.10, 0.10, 1.2),
    "deep": KickShape(150, 0.030, 0.07, 0.13, 0.07, 1.5),
    "punch": KickShape(320, 0.014, 0.06, 0.09, 0.22, 2.0),
    "hard": KickShape(420, 0.012, 0.08, 0.11, 0.28, 3.0),
    "trance": KickShape(380, 0.011, 0.06, 0.10, 0.32, 2.2),
    "soft": KickShape(120, 0.026, 0.04, 0.09, 0.05, 1.1),
    "tight": KickShape(300, 0.012, 0.035, 0.05, 0.25, 1.8),
    "snap": KickShape(440, 0.009, 0.03, 0.045, 0.35, 2.2),
    "woody": KickShape(240, 0.016, 0.04, 0.06, 0.18, 1.5),
    "dusty": KickShape(130, 0.022, 0.03, 0.07, 0.04, 2.0),
    "drive": KickShape(300, 0.016, 0.045, 0.08, 0.24, 2.4),
    "heavy": KickShape(260, 0.016, 0.05, 0.07, 0.20, 2.6),
}


def kick(shape: KickShape, body_hz: float, rng: np.random.Generator) -> Samples:
    """One stroke, float32 [2, frames], the same on both sides, peak near 1. `body_hz` is where the sine comes to rest, 40 to 65."""
    frames = frames_of(shape.hold_seconds + 5.0 * shape.fall_seconds)
    hz = body_hz + shape.knock_hz * falling(frames, shape.knock_seconds) + 0.5 * body_hz * falling(frames, 0.05)
    body = np.sin(turning(hz))
    gain = np.ones(frames, np.float32)
    hold = frames_of(shape.hold_seconds)
    gain[hold:] = falling(frames - hold, shape.fall_seconds)
    click = both(rng.standard_normal(frames, np.float32) * falling(frames, 0.0025))
    filter_through(click, highpass(1800.0))
    stroke = both(body * gain) + np.float32(shape.click) * click
    saturate(stroke, shape.drive)
    out: Samples = stroke / np.abs(stroke).max()
    out[:, :24] *= np.linspace(0.0, 1.0, 24, dtype=np.float32)
    out[:, -480:] *= np.linspace(1.0, 0.0, 480, dtype=np.float32)
    return out
