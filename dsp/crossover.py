"""The crossover: cuts the sound into four bands that add up to it again.

Linkwitz and Riley's of the fourth order (24 dB an octave). Their low and high band add up to an all-pass, so the high band is made as
that all-pass less the low band; each branch of the tree also passes the all-pass of the cut that only the other branch has. The sum of
all bands is the sound, flat to the last bit that matters, with its phase turned. Its filters are of the state-variable kind (Zavalishin,
The Art of VA Filter Design, 3.10), so the cuts may move while it sounds.
"""

import math
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from dsp.guard import GONE, Wide, narrowed, widened
from dsp.kernel import kernel
from dsp.settings import CrossoverSettings
from dsp.smoothing import WINDOW_FRAMES, Rows, Smoothed

BANDS: Final = 4
Bands: TypeAlias = NDArray[np.float64]
"""float64 [4, 2, frames], from the lowest band to the highest."""

DAMPING: Final = math.sqrt(2.0)
"""Butterworth's: two of them in a row are Linkwitz and Riley's."""
LOW, MID, HIGH = range(3)
"""The cuts: columns of the rows."""


class Crossover:
    """Cuts a stream into four bands."""

    def __init__(self, settings: CrossoverSettings) -> None:
        self._smoothed = Smoothed(_parameters(settings))
        self._memory = np.zeros((5, CHANNELS, 4))

    def change(self, settings: CrossoverSettings) -> None:
        """Moves the cuts."""
        self._smoothed.aim(_parameters(settings))

    def split(self, sound: Wide) -> Bands:
        """The bands of the next frames."""
        rows, into = self._smoothed.over(sound.shape[1])
        bands = np.empty((BANDS, *sound.shape))
        _split(sound, rows, into, self._memory, bands)
        return bands


class LowBand:
    """Cuts a stream in two at one frequency: for exchanging the bass of two tracks. low + rest is the sound, its phase turned."""

    def __init__(self, cut_hz: float = 120.0) -> None:
        self._smoothed = Smoothed([_g(cut_hz)])
        self._memory = np.zeros((CHANNELS, 4))

    def split(self, block: Samples) -> tuple[Samples, Samples]:
        """(low, rest) of the next frames, each float32 of the block's shape. Any length of block gives the same sound."""
        sound = widened(block)
        rows, into = self._smoothed.over(sound.shape[1])
        low = np.empty(sound.shape)
        _split_once(sound, rows, into, self._memory, low)
        return narrowed(low), narrowed(sound)


def _g(hz: float) -> float:
    return math.tan(math.pi * hz / SAMPLE_RATE)


def _parameters(settings: CrossoverSettings) -> tuple[float, float, float]:
    return _g(settings.low_hz), _g(settings.mid_hz), _g(settings.high_hz)


@kernel
def _split(sound: Wide, rows: Rows, into: int, memory: NDArray[np.float64], bands: Bands) -> None:
    """The tree: in the middle first, then each half."""
    frames = sound.shape[1]
    bands[3] = sound
    for window in range(rows.shape[0] - 1):
        first = window * WINDOW_FRAMES - into
        start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
        before, behind = rows[window], rows[window + 1]
        _cut(bands[3], bands[1], before[MID], behind[MID], first, start, end, memory[0])
        _turn(bands[1], before[HIGH], behind[HIGH], first, start, end, memory[1])
        _turn(bands[3], before[LOW], behind[LOW], first, start, end, memory[2])
        _cut(bands[1], bands[0], before[LOW], behind[LOW], first, start, end, memory[3])
        _cut(bands[3], bands[2], before[HIGH], behind[HIGH], first, start, end, memory[4])


@kernel
def _split_once(sound: Wide, rows: Rows, into: int, memory: NDArray[np.float64], low: Wide) -> None:
    frames = sound.shape[1]
    for window in range(rows.shape[0] - 1):
        first = window * WINDOW_FRAMES - into
        start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
        _cut(sound, low, rows[window, 0], rows[window + 1, 0], first, start, end, memory)


@kernel
def _cut(sound: Wide, low: Wide, g: float, g_behind: float, first: int, start: int, end: int, memory: NDArray[np.float64]) -> None:
    """Writes the band below the cut to `low` and leaves the band above it in `sound`."""
    step = (g_behind - g) / WINDOW_FRAMES
    now = g
    share = 1.0 / (1.0 + now * (now + DAMPING))
    a, b, c, d = memory[0, 0], memory[0, 1], memory[0, 2], memory[0, 3]
    e, f, h, i = memory[1, 0], memory[1, 1], memory[1, 2], memory[1, 3]
    for frame in range(start, end):
        if step != 0.0:
            now = g + step * (frame + 1 - first)
            share = 1.0 / (1.0 + now * (now + DAMPING))
        x, y = sound[0, frame], sound[1, frame]
        band_x, band_y = share * (a + now * (x - b)), share * (e + now * (y - f))
        low_x, low_y = b + now * band_x, f + now * band_y
        a, b = 2.0 * band_x - a, 2.0 * low_x - b
        e, f = 2.0 * band_y - e, 2.0 * low_y - f
        around_x, around_y = x - 2.0 * DAMPING * band_x, y - 2.0 * DAMPING * band_y
        band_x, band_y = share * (c + now * (low_x - d)), share * (h + now * (low_y - i))
        low_x, low_y = d + now * band_x, i + now * band_y
        c, d = 2.0 * band_x - c, 2.0 * low_x - d
        h, i = 2.0 * band_y - h, 2.0 * low_y - i
        low[0, frame], low[1, frame] = low_x, low_y
        sound[0, frame], sound[1, frame] = around_x - low_x, around_y - low_y
    memory[0, 0], memory[0, 1], memory[0, 2], memory[0, 3] = _kept(a), _kept(b), _kept(c), _kept(d)
    memory[1, 0], memory[1, 1], memory[1, 2], memory[1, 3] = _kept(e), _kept(f), _kept(h), _kept(i)


@kernel
def _turn(sound: Wide, g: float, g_behind: float, first: int, start: int, end: int, memory: NDArray[np.float64]) -> None:
    """Turns the phase as a cut and the sum of its bands do."""
    step = (g_behind - g) / WINDOW_FRAMES
    now = g
    share = 1.0 / (1.0 + now * (now + DAMPING))
    a, b, c, d = memory[0, 0], memory[0, 1], memory[1, 0], memory[1, 1]
    for frame in range(start, end):
        if step != 0.0:
            now = g + step * (frame + 1 - first)
            share = 1.0 / (1.0 + now * (now + DAMPING))
        x, y = sound[0, frame], sound[1, frame]
        band_x, band_y = share * (a + now * (x - b)), share * (c + now * (y - d))
        a, b = 2.0 * band_x - a, b + 2.0 * now * band_x
        c, d = 2.0 * band_y - c, d + 2.0 * now * band_y
        sound[0, frame], sound[1, frame] = x - 2.0 * DAMPING * band_x, y - 2.0 * DAMPING * band_y
    memory[0, 0], memory[0, 1], memory[1, 0], memory[1, 1] = _kept(a), _kept(b), _kept(c), _kept(d)


@kernel
def _kept(memory: float) -> float:
    return memory if abs(memory) > GONE else 0.0
