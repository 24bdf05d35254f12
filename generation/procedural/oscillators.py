"""Oscillators: band-limited wavetables read by a kernel, and a pair of sines for frequency modulation.

A wave is kept once per half octave with as many harmonics as fit below 24 kHz at the top of it, so nothing folds back. Tables are
4096 points read with linear interpolation: its images lie below -90 dB for all but the topmost harmonics of the lowest octave.
"""

import math
from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples
from dsp.kernel import kernel
from generation.procedural.curve import CONTROL_FRAMES, Curve, Mono

_POINTS: Final = 4096
_PART_BITS: Final = 28
_CYCLE: Final = _POINTS << _PART_BITS
"""A phase is a whole number of this many a cycle: it never drifts, wraps for nothing, and many frames are read at once."""
_LOWEST_HZ: Final = 20.0
_LEVELS: Final = 20
"""Half octaves above the lowest: up to 20 kHz."""

Series = Callable[[NDArray[np.float64]], NDArray[np.float64]]
"""Harmonic numbers from 1 to their amplitudes (of sines in phase)."""


def _drawbars(levels: dict[int, float]) -> Series:
    return lambda harmonic: sum((level * (harmonic == number) for number, level in levels.items()), np.zeros_like(harmonic))


WAVES: Final[dict[str, Series]] = {
    "sine": _drawbars({1: 1.0}),
    "saw": lambda harmonic: 1.0 / harmonic,
    "square": lambda harmonic: (harmonic % 2) / harmonic,
    "pulse": lambda harmonic: np.sin(np.pi * harmonic * 0.22) / harmonic,
    "triangle": lambda harmonic: (harmonic % 2) * np.where(harmonic % 4 == 1, 1.0, -1.0) / harmonic**2,
    "soft": lambda harmonic: harmonic**-1.6,
    "hollow": lambda harmonic: (harmonic % 2) * harmonic**-1.35,
    "organ": _drawbars({1: 1.0, 2: 0.8, 3: 0.5, 4: 0.45, 6: 0.25, 8: 0.3, 16: 0.08}),
    "glass": _drawbars({1: 1.0, 2: 0.1, 4: 0.35, 7: 0.16, 11: 0.1, 13: 0.05}),
    "reed": lambda harmonic: np.exp(-(((harmonic - 3.0) / 2.6) ** 2)) + 0.5 / harmonic**1.2,
}


@lru_cache(maxsize=len(WAVES) * _LEVELS)
def _table(wave: str, level: int) -> Mono:
    """One period and its first point again, [_POINTS + 1], with an RMS of 0.5."""
    highest = min(_POINTS // 2 - 1, int(SAMPLE_RATE / 2 / (_LOWEST_HZ * 2.0 ** ((level + 1) / 2))))
    harmonic = np.arange(1, max(1, highest) + 1, dtype=np.float64)
    spectrum = np.zeros(_POINTS // 2 + 1, np.complex128)
    spectrum[1 : len(harmonic) + 1] = -1j * WAVES[wave](harmonic)
    period = np.fft.irfft(spectrum, _POINTS)
    period *= 0.5 / max(1e-9, math.sqrt(float(np.mean(period**2))))
    return np.append(period, period[0]).astype(np.float32)


def table_for(wave: str, highest_hz: float) -> Mono:
    """The table of a wave (of WAVES) that does not fold back at `highest_hz`."""
    level = math.floor(2 * math.log2(max(highest_hz, _LOWEST_HZ) / _LOWEST_HZ))
    return _table(wave, min(level, _LEVELS - 1))


def turning(hz: NDArray[np.floating]) -> NDArray[np.float64]:
    """The phase in radians of a sine that follows a frequency given for each frame; it begins at 0."""
    steps = np.cumsum(hz, dtype=np.float64) * (2.0 * np.pi / SAMPLE_RATE)
    return np.asarray(steps - steps[0])


@kernel
def add_voices(
    sound: Samples,
    table: Mono,
    rates: NDArray[np.float64],
    phases: NDArray[np.float64],
    left: NDArray[np.float32],
    right: NDArray[np.float32],
    bend: Curve,
) -> None:
    """Adds several readers of one table. Rates are cycles a frame, phases 0 to 1, `bend` multiplies all rates."""
    scale = np.float32(1.0 / (1 << _PART_BITS))
    for voice in range(rates.shape[0]):
        phase = np.int64(phases[voice] * _CYCLE)
        for start in range(0, sound.shape[1], CONTROL_FRAMES):
            rate = np.int64(rates[voice] * bend[start // CONTROL_FRAMES] * _CYCLE)
            length = min(CONTROL_FRAMES, sound.shape[1] - start)
            for step in range(length):
                place = (phase + step * rate) & (_CYCLE - 1)
                index = place >> _PART_BITS
                part = np.float32(place & ((1 << _PART_BITS) - 1)) * scale
                value = table[index] + (table[index + 1] - table[index]) * part
                sound[0, start + step] += left[voice] * value
                sound[1, start + step] += right[voice] * value
            phase = (phase + length * rate) & (_CYCLE - 1)


@kernel
def add_modulated(
    sound: Samples,
    sine: Mono,
    rates: NDArray[np.float64],
    ratio: float,
    index: Curve,
    level: float,
    bend: Curve,
) -> None:
    """Adds one modulated sine to each channel, at its own of two rates: sin(wt + index * sin(ratio * wt)). `sine` is a table."""
    scale = np.float32(1.0 / (1 << _PART_BITS))
    for channel in range(2):
        carrier = np.int64(0)
        modulator = np.int64(0)
        for start in range(0, sound.shape[1], CONTROL_FRAMES):
            point = start // CONTROL_FRAMES
            rate = np.int64(rates[channel] * bend[point] * _CYCLE)
            faster = np.int64(rates[channel] * bend[point] * ratio * _CYCLE)
            depth = np.float32(index[point] * math.sqrt(2.0) / (2.0 * math.pi) * _CYCLE)
            length = min(CONTROL_FRAMES, sound.shape[1] - start)
            for step in range(length):
                place = (modulator + step * faster) & (_CYCLE - 1)
                at = place >> _PART_BITS
                part = np.float32(place & ((1 << _PART_BITS) - 1)) * scale
                push = np.int64(depth * (sine[at] + (sine[at + 1] - sine[at]) * part))
                place = (carrier + step * rate + push) & (_CYCLE - 1)
                at = place >> _PART_BITS
                part = np.float32(place & ((1 << _PART_BITS) - 1)) * scale
                sound[channel, start + step] += np.float32(level) * (sine[at] + (sine[at + 1] - sine[at]) * part)
            carrier = (carrier + length * rate) & (_CYCLE - 1)
            modulator = (modulator + length * faster) & (_CYCLE - 1)
