"""The cases of EBU Tech 3341 and 3342 that a formula can make, for a stereo meter: what sounds, what is read, what it must read.

Left out: 3341 case 6 (five channels), 3341 cases 7 and 8 and 3342 cases 5 and 6 (recordings). The EBU defines cases 20 to 23 by files; ours
are made as they are: a sound whose peak of 0 dBTP is known at four times the rate, brought to 48 kHz from each of the four places.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from scipy.signal import firwin

from dsp.block import SAMPLE_RATE, Samples, frames_of
from tests.dsp.sounds import sine, steps, stereo

INTEGRATED, MOMENTARY, SHORT_TERM, RANGE, TRUE_PEAK = "I", "M", "S", "LRA", "TP"
SILENT_DB: Final = -200.0


@dataclass(frozen=True, slots=True)
class Case:
    """One signal. A reading holds if it lies between `expected - under` and `expected + over`."""

    name: str
    reading: str
    """INTEGRATED, RANGE and TRUE_PEAK: at the end. MOMENTARY and SHORT_TERM: each reading in turn, or the highest of each stretch."""
    expected: tuple[float, ...]
    make: Callable[[], Samples]
    over: float = 0.1
    under: float = 0.1
    settled_seconds: float | None = None
    """MOMENTARY and SHORT_TERM: every reading from here on counts; None: the highest of each stretch, as many as are expected."""

    def excess(self, readings: tuple[float, ...]) -> float:
        """How far the worst of the readings lies outside; <= 0 if all of them hold."""
        expected = self.expected if len(self.expected) == len(readings) else self.expected * len(readings)
        return max(max(read - due - self.over, due - self.under - read) for read, due in zip(readings, expected, strict=True))


def _bursts(seconds: float, step: float, first_db: float, rise_db: float, stretch: float) -> Samples:
    """Twenty tones, each `step` later in its stretch than the one before."""
    parts: list[tuple[float, float]] = []
    for number in range(20):
        pause = number * step
        parts += [(pause, SILENT_DB), (seconds, first_db + number * rise_db), (stretch - seconds - pause, SILENT_DB)]
    return steps(*parts)


@cache
def _between(offset: int) -> Samples:
    """Bursts at a sixth of the rate, band-limited and sampled at `offset` quarters of a frame; the true peak is 0 dBTP."""
    frames = 4 * SAMPLE_RATE // 2
    time = np.arange(frames) - frames // 2
    burst = np.cos(2.0 * np.pi * time / 24.0) * np.exp(-np.square(time / 400.0))
    smooth = np.convolve(burst, firwin(1025, 0.9 / 4.0, window=("kaiser", 12.0)), "same")
    return stereo((smooth / np.abs(smooth).max())[offset::4])


def _tone(divisor: int, degrees: float, amplitude: float) -> Samples:
    """With 50 ms of fade at either end: a cut would have a true peak of its own."""
    sound = sine(SAMPLE_RATE / divisor, 1.0, 20.0 * np.log10(amplitude), degrees)
    fade = frames_of(0.05)
    ramp = (0.5 - 0.5 * np.cos(np.pi * np.arange(fade) / fade)).astype(np.float32)
    sound[:, :fade] *= ramp
    sound[:, -fade:] *= ramp[::-1]
    return sound


def _peak(name: str, expected: float, make: Callable[[], Samples]) -> Case:
    return Case(name, TRUE_PEAK, (expected,), make, over=0.2, under=0.4)


CASES: Final = (
    Case("3341-1", INTEGRATED, (-23.0,), lambda: steps((20, -23))),
    Case("3341-2", INTEGRATED, (-33.0,), lambda: steps((20, -33))),
    Case("3341-3", INTEGRATED, (-23.0,), lambda: steps((10, -36), (60, -23), (10, -36))),
    Case("3341-4", INTEGRATED, (-23.0,), lambda: steps((10, -72), (10, -36), (60, -23), (10, -36), (10, -72))),
    Case("3341-5", INTEGRATED, (-23.0,), lambda: steps((20, -26), (20.1, -20), (20, -26))),
    Case("3341-9", SHORT_TERM, (-23.0,), lambda: steps(*[(1.34, -20.0), (1.66, -30.0)] * 5), settled_seconds=3.0),
    Case("3341-10", SHORT_TERM, (-23.0,) * 20, lambda: _bursts(3.0, 0.15, -23.0, 0.0, 7.0)),
    Case("3341-11", SHORT_TERM, tuple(range(-38, -18)), lambda: _bursts(3.0, 0.15, -38.0, 1.0, 6.0)),
    Case("3341-12", MOMENTARY, (-23.0,), lambda: steps(*[(0.18, -20.0), (0.22, -30.0)] * 25), settled_seconds=1.0),
    Case("3341-13", MOMENTARY, (-23.0,) * 20, lambda: _bursts(0.4, 0.02, -23.0, 0.0, 1.8)),
    Case("3341-14", MOMENTARY, tuple(range(-38, -18)), lambda: _bursts(0.4, 0.02, -38.0, 1.0, 0.8)),
    _peak("3341-15", -6.0, lambda: _tone(4, 0.0, 0.5)),
    _peak("3341-16", -6.0, lambda: _tone(4, 45.0, 0.5)),
    _peak("3341-17", -6.0, lambda: _tone(6, 60.0, 0.5)),
    _peak("3341-18", -6.0, lambda: _tone(8, 67.5, 0.5)),
    _peak("3341-19", 3.0, lambda: _tone(4, 45.0, 1.41)),
    _peak("3341-20", 0.0, lambda: _between(0)),
    _peak("3341-21", 0.0, lambda: _between(1)),
    _peak("3341-22", 0.0, lambda: _between(2)),
    _peak("3341-23", 0.0, lambda: _between(3)),
    Case("3342-1", RANGE, (10.0,), lambda: steps((20, -20), (20, -30)), 1.0, 1.0),
    Case("3342-2", RANGE, (5.0,), lambda: steps((20, -20), (20, -15)), 1.0, 1.0),
    Case("3342-3", RANGE, (20.0,), lambda: steps((20, -40), (20, -20)), 1.0, 1.0),
    Case("3342-4", RANGE, (15.0,), lambda: steps((20, -50), (20, -35), (20, -20), (20, -35), (20, -50)), 1.0, 1.0),
)


def chosen(case: Case, readings: list[tuple[float, float]], stretches: int) -> tuple[float, ...]:
    """What of a meter's readings, each (seconds, LUFS), a MOMENTARY or SHORT_TERM case is about."""
    if case.settled_seconds is not None:
        return tuple(value for at, value in readings if at >= case.settled_seconds - 1e-9)
    length = readings[-1][0] / stretches
    highest = [SILENT_DB] * stretches
    for at, value in readings:
        place = min(stretches - 1, int((at - 1e-6) / length))
        highest[place] = max(highest[place], value)
    return tuple(highest)
