"""The de-esser: turns sibilants down while they last, and nothing else.

A high-pass tells what is sibilant. Where that holds too great a share of the sound's energy, the sound gives way to what a low-pass at the
same place leaves of it, as far as is needed: below, nothing changes. What counts is the share, so a soft voice is treated like a loud one.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS, SAMPLE_RATE
from dsp.guard import GONE, Wide
from dsp.kernel import kernel
from dsp.settings import DeesserSettings
from dsp.smoothing import WINDOW_FRAMES, Rows, Smoothed, share_a_window

DAMPING: Final = math.sqrt(2.0)
AUDIBLE: Final = 1e-6
"""-60 dBFS: added to the whole sound's energy, so that the hiss of a pause is no sibilant."""
LISTENING: Final = share_a_window(10.0)
"""Energies are those of the last 10 ms or so."""

G, THRESHOLD, SLOPE, MOST, ATTACK, RELEASE = range(6)
"""Columns of the rows."""
SIBILANT, WHOLE, NEW_SIBILANT, NEW_WHOLE, REDUCTION, GAIN, NEXT_GAIN = 0, 1, 2, 4, 6, 7, 8
"""What stands where in the detector's memory; what is new is counted for each channel."""


class Deesser:
    """Turns sibilants down; no latency."""

    def __init__(self, settings: DeesserSettings) -> None:
        self._smoothed = Smoothed(_parameters(settings))
        self._filters = np.zeros((CHANNELS, 2))
        self._memory = np.zeros(NEXT_GAIN + 1)
        self._memory[GAIN] = self._memory[NEXT_GAIN] = 1.0

    def change(self, settings: DeesserSettings) -> None:
        """Moves to other settings."""
        self._smoothed.aim(_parameters(settings))

    @property
    def reduction_db(self) -> float:
        """How far sibilants are turned down now; >= 0."""
        return float(self._memory[REDUCTION])

    def process(self, sound: Wide) -> None:
        """Works in place."""
        rows, into = self._smoothed.over(sound.shape[1])
        _deess(sound, rows, into, self._filters, self._memory)


def _parameters(settings: DeesserSettings) -> tuple[float, ...]:
    return (
        math.tan(math.pi * settings.split_hz / SAMPLE_RATE),
        settings.threshold_db,
        settings.slope,
        0.0 if settings.bypass else settings.most_db,
        share_a_window(settings.attack_ms),
        share_a_window(settings.release_ms),
    )


@kernel
def _deess(sound: Wide, rows: Rows, into: int, filters: NDArray[np.float64], memory: NDArray[np.float64]) -> None:
    frames = sound.shape[1]
    for window in range(rows.shape[0] - 1):
        first = window * WINDOW_FRAMES - into
        start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
        if start == first:
            _decide(rows[window], memory)
        g_step = (rows[window + 1, G] - rows[window, G]) / WINDOW_FRAMES
        gain_step = (memory[NEXT_GAIN] - memory[GAIN]) / WINDOW_FRAMES
        for channel in range(CHANNELS):
            a, b = filters[channel, 0], filters[channel, 1]
            for frame in range(start, end):
                place = frame + 1 - first
                g = rows[window, G] + g_step * place
                x = sound[channel, frame]
                high = (x - (DAMPING + g) * a - b) / (1.0 + g * (g + DAMPING))
                band = g * high + a
                low = g * band + b
                a, b = g * high + band, g * band + low
                memory[NEW_SIBILANT + channel] += high * high
                memory[NEW_WHOLE + channel] += x * x
                sound[channel, frame] = x + (memory[GAIN] + gain_step * place - 1.0) * (x - low)
            filters[channel, 0] = a if abs(a) > GONE else 0.0
            filters[channel, 1] = b if abs(b) > GONE else 0.0


@kernel
def _decide(row: NDArray[np.float64], memory: NDArray[np.float64]) -> None:
    """The gain at the end of the window that begins, from what the last one held."""
    memory[SIBILANT] += LISTENING * ((memory[NEW_SIBILANT] + memory[NEW_SIBILANT + 1]) / WINDOW_FRAMES - memory[SIBILANT])
    memory[WHOLE] += LISTENING * ((memory[NEW_WHOLE] + memory[NEW_WHOLE + 1]) / WINDOW_FRAMES - memory[WHOLE])
    memory[NEW_SIBILANT:REDUCTION] = 0.0
    share_db = 10.0 * np.log10((memory[SIBILANT] + 1e-12) / (memory[WHOLE] + AUDIBLE))
    wanted = min(row[MOST], max(0.0, (share_db - row[THRESHOLD]) * row[SLOPE]))
    speed = row[ATTACK] if wanted > memory[REDUCTION] else row[RELEASE]
    memory[REDUCTION] += speed * (wanted - memory[REDUCTION])
    if memory[REDUCTION] < 1e-6:
        memory[REDUCTION] = 0.0
    memory[GAIN] = memory[NEXT_GAIN]
    memory[NEXT_GAIN] = 10.0 ** (-memory[REDUCTION] / 20.0)
