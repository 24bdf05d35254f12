"""Tape: a machine that sways and trembles, a soft ceiling, and the end of the treble."""

import math
from typing import Final

import numpy as np

from dsp.block import SAMPLE_RATE, Samples
from dsp.kernel import kernel
from generation.procedural.curve import CONTROL_FRAMES, Curve, points_of
from generation.procedural.filters import bell, filter_through, lowpass
from generation.procedural.finish import Tape
from generation.procedural.saturation import saturate

_WOW_HZ: Final = (0.37, 0.62, 0.94)
_FLUTTER_HZ: Final = (5.7, 7.3)
_HEAD_HZ: Final = 72.0
_HEAD_DB: Final = 1.5
"""A playback head lifts the wavelengths that are as long as itself."""
_MASK: Final = 4095


@kernel
def _read_unevenly(sound: Samples, back: Curve) -> None:
    """Each frame from `back` frames ago (2 to 4,000; linear between points), through a cubic of four neighbours."""
    store = np.zeros((2, 4096))
    last = back.shape[0] - 1
    for frame in range(sound.shape[1]):
        point = frame // CONTROL_FRAMES
        part = (frame - point * CONTROL_FRAMES) / CONTROL_FRAMES
        ago = back[point] + (back[min(point + 1, last)] - back[point]) * part
        whole = int(ago)
        x = ago - whole
        for channel in range(2):
            store[channel, frame & _MASK] = sound[channel, frame]
            a = store[channel, (frame - whole + 1) & _MASK]
            b = store[channel, (frame - whole) & _MASK]
            c = store[channel, (frame - whole - 1) & _MASK]
            d = store[channel, (frame - whole - 2) & _MASK]
            slope = 0.5 * (c - a)
            bend = a - 2.5 * b + 2.0 * c - 0.5 * d
            turn = 0.5 * (d - a) + 1.5 * (b - c)
            sound[channel, frame] = ((turn * x + bend) * x + slope) * x + b


def sway(tape: Tape, frames: int, rng: np.random.Generator) -> Curve:
    """How far back the head reads, in frames: the sum of a few sines whose periods do not meet, at least 2."""
    time = np.arange(points_of(frames)) * (CONTROL_FRAMES / SAMPLE_RATE)
    back = np.zeros_like(time)
    most = 0.0
    for cents, rates in ((tape.wow_cents, _WOW_HZ), (tape.flutter_cents, _FLUTTER_HZ)):
        for hz in rates:
            reach = (2.0 ** (cents / len(rates) / 1200.0) - 1.0) * SAMPLE_RATE / (2.0 * math.pi * hz)
            back += reach * np.sin(2.0 * np.pi * (hz * rng.uniform(0.93, 1.07) * time + rng.random()))
            most += reach
    return np.asarray(back + most + 4.0, np.float32)


def record(sound: Samples, tape: Tape, rng: np.random.Generator) -> None:
    """Plays the sound through the machine, in place."""
    _read_unevenly(sound, sway(tape, sound.shape[1], rng))
    saturate(sound, tape.drive)
    filter_through(sound, bell(_HEAD_HZ, _HEAD_DB, 0.8))
    filter_through(sound, lowpass(tape.highest_hz))
