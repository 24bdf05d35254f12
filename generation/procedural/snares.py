"""Snares, claps and rims: two tuned modes of a skin, and the noise of wires or hands."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import CHANNELS, Samples, frames_of
from generation.procedural.curve import Mono
from generation.procedural.envelopes import falling
from generation.procedural.filters import filter_through, highpass, lowpass
from generation.procedural.oscillators import turning
from generation.procedural.saturation import saturate
from generation.procedural.stage import both


@dataclass(frozen=True, slots=True)
class SnareShape:
    """How a snare, clap or rim speaks."""

    skin_hz: float
    skin: float
    """Level of the tuned part."""
    skin_seconds: float
    wires: float
    """Level of the noise."""
    wires_seconds: float
    low_hz: float
    high_hz: float
    """The band of the noise."""
    hands: int = 1
    """How many bursts the noise comes in; a clap has three or four."""
    drive: float = 1.4
    gate_seconds: float = 0.0
    """When a gate shuts the room it stands in; 0: it stands in none."""


SNARES: Final = {
    "crack": SnareShape(205, 0.7, 0.07, 0.8, 0.085, 1300, 11_000, drive=1.8),
    "fat": SnareShape(178, 0.9, 0.09, 0.7, 0.11, 900, 8500, drive=2.2),
    "crisp": SnareShape(228, 0.5, 0.05, 0.9, 0.07, 2200, 13_000),
    "liquid": SnareShape(192, 0.6, 0.08, 0.7, 0.13, 1200, 9000),
    "piccolo": SnareShape(262, 0.7, 0.05, 0.7, 0.06, 2600, 12_000, drive=1.7),
    "break": SnareShape(215, 0.8, 0.06, 0.8, 0.10, 700, 7000, drive=2.4),
    "dusty": SnareShape(186, 0.8, 0.05, 0.6, 0.07, 600, 5200, drive=2.2),
    "brushed": SnareShape(174, 0.25, 0.05, 0.9, 0.12, 1500, 7500),
    "gated": SnareShape(188, 0.9, 0.08, 0.7, 0.06, 900, 10_000, drive=2.2, gate_seconds=0.24),
    "big gate": SnareShape(168, 1.0, 0.10, 0.7, 0.07, 700, 9000, drive=2.6, gate_seconds=0.33),
    "tight gate": SnareShape(214, 0.8, 0.06, 0.8, 0.05, 1200, 11_000, drive=1.9, gate_seconds=0.16),
}
CLAPS: Final = {
    "clap": SnareShape(0, 0, 0, 1.0, 0.085, 800, 7500, 4),
    "wide clap": SnareShape(0, 0, 0, 1.0, 0.13, 700, 9000, 4),
    "dry clap": SnareShape(0, 0, 0, 1.0, 0.045, 1100, 8000, 3),
    "snap": SnareShape(1500, 0.15, 0.012, 1.0, 0.028, 1700, 10_000, 2),
    "clap snare": SnareShape(196, 0.5, 0.06, 1.0, 0.09, 900, 9000, 3),
    "brush": SnareShape(0, 0, 0, 1.0, 0.07, 2500, 9000, 1),
}
RIMS: Final = {
    "rim": SnareShape(480, 1.0, 0.014, 0.35, 0.008, 2500, 9000, drive=1.8),
    "stick": SnareShape(830, 1.0, 0.010, 0.3, 0.006, 3000, 11_000),
    "block": SnareShape(620, 1.0, 0.03, 0.12, 0.006, 2000, 8000),
}


def snare(shape: SnareShape, rng: np.random.Generator) -> Samples:
    """One stroke, float32 [2, frames], peak 1: a skin stands in the middle, clapping hands around it."""
    longest = max(shape.skin_seconds, shape.wires_seconds)
    frames = frames_of(max(0.04 + 6.0 * longest, shape.gate_seconds + 0.03))
    noise = _hands_apart(rng, frames) if shape.hands > 1 else both(rng.standard_normal(frames, np.float32))
    filter_through(noise, highpass(shape.low_hz))
    filter_through(noise, lowpass(shape.high_hz))
    stroke = np.float32(shape.wires) * noise * _hands(frames, shape)
    if shape.skin:
        hz = shape.skin_hz * (1.0 + 0.55 * falling(frames, 0.012))
        turn = turning(hz)
        modes = np.sin(turn) + 0.45 * np.sin(1.593 * turn)
        stroke += (shape.skin * modes * falling(frames, shape.skin_seconds)).astype(np.float32)
    saturate(stroke, shape.drive)
    if shape.gate_seconds:
        stroke += _gated_room(frames, shape.gate_seconds, rng)
    out: Samples = stroke / np.abs(stroke).max()
    out[:, -240:] *= np.linspace(1.0, 0.0, 240, dtype=np.float32)
    return out


def _hands_apart(rng: np.random.Generator, frames: int) -> Samples:
    """Noise that both sides share for the most part."""
    return both(rng.standard_normal(frames, np.float32)) + np.float32(0.6) * rng.standard_normal((CHANNELS, frames), np.float32)


def _gated_room(frames: int, seconds: float, rng: np.random.Generator) -> Samples:
    """A wide bright room that is shut off before it has died away."""
    room = rng.standard_normal((CHANNELS, frames), np.float32)
    filter_through(room, highpass(380.0))
    filter_through(room, lowpass(5600.0))
    gain = falling(frames, 0.6)
    gain[: frames_of(0.008)] *= np.linspace(0.0, 1.0, frames_of(0.008), dtype=np.float32)
    shut, closing = frames_of(seconds), frames_of(0.018)
    gain[shut : shut + closing] *= np.linspace(1.0, 0.0, closing, dtype=np.float32)
    gain[shut + closing :] = 0.0
    out: Samples = np.float32(0.5) * room * gain
    return out


def _hands(frames: int, shape: SnareShape) -> Mono:
    """The noise's envelope: quick bursts 10 ms apart, the last of which rings."""
    gain = np.zeros(frames, np.float32)
    for hand in range(shape.hands):
        start = frames_of(0.0105 * hand)
        tau = shape.wires_seconds if hand == shape.hands - 1 else 0.005
        gain[start:] = np.maximum(gain[start:], falling(frames - start, tau))
    gain[:12] *= np.linspace(0.0, 1.0, 12, dtype=np.float32)
    return gain
