"""The rumble filter: takes away what lies below hearing and would only eat the limiter's room.

A state-variable filter (Zavalishin, The Art of VA Filter Design, 3.10): its cutoff may move while it sounds.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS, SAMPLE_RATE
from dsp.guard import GONE, Wide
from dsp.kernel import kernel
from dsp.settings import RumbleSettings
from dsp.smoothing import WINDOW_FRAMES, Rows, Smoothed

DAMPING: Final = math.sqrt(2.0)
"""Butterworth's."""


class RumbleFilter:
    """High-pass, 12 dB an octave, no latency."""

    def __init__(self, settings: RumbleSettings) -> None:
        self._smoothed = Smoothed(_parameters(settings))
        self._memory = np.zeros((CHANNELS, 2))

    def change(self, settings: RumbleSettings) -> None:
        """Moves to other settings."""
        self._smoothed.aim(_parameters(settings))

    def process(self, sound: Wide) -> None:
        """Filters in place."""
        rows, into = self._smoothed.over(sound.shape[1])
        _filter(sound, rows, into, self._memory)


def _parameters(settings: RumbleSettings) -> tuple[float, float]:
    """The filter's g, and the share of the filtered sound."""
    return math.tan(math.pi * settings.cutoff_hz / SAMPLE_RATE), 0.0 if settings.bypass else 1.0


@kernel
def _filter(sound: Wide, rows: Rows, into: int, memory: NDArray[np.float64]) -> None:
    frames = sound.shape[1]
    for window in range(rows.shape[0] - 1):
        first = window * WINDOW_FRAMES - into
        start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
        g_step = (rows[window + 1, 0] - rows[window, 0]) / WINDOW_FRAMES
        share_step = (rows[window + 1, 1] - rows[window, 1]) / WINDOW_FRAMES
        for channel in range(CHANNELS):
            a, b = memory[channel, 0], memory[channel, 1]
            for frame in range(start, end):
                place = frame + 1 - first
                g = rows[window, 0] + g_step * place
                x = sound[channel, frame]
                high = (x - (DAMPING + g) * a - b) / (1.0 + g * (g + DAMPING))
                band = g * high + a
                low = g * band + b
                a, b = g * high + band, g * band + low
                sound[channel, frame] = x + (rows[window, 1] + share_step * place) * (high - x)
            memory[channel, 0] = a if abs(a) > GONE else 0.0
            memory[channel, 1] = b if abs(b) > GONE else 0.0
