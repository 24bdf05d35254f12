"""Hats, rides, shakers, crashes: a cluster of square waves for the metal, noise for the air."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, frames_of
from generation.procedural.curve import constant
from generation.procedural.envelopes import falling
from generation.procedural.filters import filter_through, highpass, lowpass
from generation.procedural.oscillators import add_voices, table_for

_CLUSTER_HZ: Final = (205.3, 304.4, 369.6, 522.7, 540.0, 800.0)
"""The six square waves of a well-known analogue drum machine's cymbals."""

_SIZES: Final = (1.0, 1.2247, 1.4471)
"""The cluster three times over, as discs of three sizes: one alone would whistle."""


@dataclass(frozen=True, slots=True)
class CymbalShape:
    """How a piece of metal speaks."""

    metal: float
    """Level of the cluster; the noise has the rest."""
    tune: float
    """Factor on the cluster."""
    low_hz: float
    high_hz: float
    seconds: float
    attack_seconds: float = 0.0


CLOSED: Final = {
    "tick": CymbalShape(0.5, 10.0, 7500, 15_000, 0.022),
    "soft": CymbalShape(0.2, 8.0, 6000, 12_000, 0.03),
    "metal": CymbalShape(0.8, 7.0, 6500, 14_000, 0.028),
    "sand": CymbalShape(0.0, 1.0, 8000, 14_000, 0.035),
    "dust": CymbalShape(0.15, 6.0, 4300, 9000, 0.03),
    "machine": CymbalShape(0.6, 9.0, 7000, 13_500, 0.032),
    "small": CymbalShape(0.6, 13.0, 9000, 16_000, 0.017),
}
OPEN: Final = {
    "open": CymbalShape(0.5, 9.0, 6500, 14_000, 0.12),
    "long": CymbalShape(0.4, 8.0, 6000, 13_000, 0.18),
    "bright": CymbalShape(0.7, 11.0, 7500, 15_000, 0.10),
    "airy": CymbalShape(0.1, 8.0, 7000, 14_000, 0.14),
}
RIDES: Final = {
    "ride": CymbalShape(0.45, 6.0, 4200, 11_000, 0.24),
    "bell ride": CymbalShape(0.6, 7.3, 3600, 10_000, 0.16),
    "wash": CymbalShape(0.25, 7.0, 5000, 12_000, 0.30),
}
SHAKERS: Final = {
    "shaker": CymbalShape(0.0, 1.0, 5000, 11_000, 0.03, 0.022),
    "seeds": CymbalShape(0.0, 1.0, 6500, 12_500, 0.02, 0.03),
    "tambourine": CymbalShape(0.7, 14.0, 7000, 13_000, 0.05, 0.004),
}
CRASH: Final = CymbalShape(0.35, 6.0, 3000, 12_000, 0.75)


def cymbal(shape: CymbalShape, rng: np.random.Generator) -> Samples:
    """One stroke, float32 [2, frames], peak 1: the metal in the middle, the noise of each side its own."""
    frames = frames_of(shape.attack_seconds + 5.5 * shape.seconds)
    stroke = (1.0 - shape.metal) * 0.5 * rng.standard_normal((CHANNELS, frames)).astype(np.float32)
    if shape.metal:
        hz = np.outer(_SIZES, _CLUSTER_HZ).ravel() * shape.tune
        each = np.full(len(hz), shape.metal * 0.25, np.float32)
        add_voices(stroke, table_for("square", float(hz.max())), hz / SAMPLE_RATE, rng.random(len(hz)), each, each, constant(1.0, frames))
    for _ in range(2):
        filter_through(stroke, highpass(shape.low_hz))
    filter_through(stroke, lowpass(shape.high_hz))
    gain = falling(frames, shape.seconds)
    attack = max(16, frames_of(shape.attack_seconds))
    gain[:attack] = np.linspace(0.0, gain[attack], attack, dtype=np.float32)
    stroke *= gain
    stroke[:, -240:] *= np.linspace(1.0, 0.0, 240, dtype=np.float32)
    out: Samples = stroke / np.abs(stroke).max()
    return out
