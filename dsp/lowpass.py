"""The low-pass: ends the sound at 20 kHz, steeply.

Nobody hears what lies above, encoders waste bits on it or fold it down, and between the samples it reaches higher than a limiter can
see. Elliptic of the eighth order: flat to 0.02 dB up to 20 kHz, 80 dB down from 21.5 kHz on.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import ellip

from dsp.block import CHANNELS, SAMPLE_RATE
from dsp.guard import Wide
from dsp.kernel import kernel
from dsp.sections import Sections
from dsp.settings import LowPassSettings
from dsp.smoothing import WINDOW_FRAMES, Rows, Smoothed

CUTOFF_HZ: Final = 20_000.0
ORDER: Final = 8
RIPPLE_DB: Final = 0.02
STOP_DB: Final = 80.0
LATENCY_FRAMES: Final = 1
"""What it delays up to 10 kHz, to half a frame; bypassed, it delays as much."""


class LowPass:
    """Low-pass at 20 kHz."""

    latency_frames: Final = LATENCY_FRAMES

    def __init__(self, settings: LowPassSettings) -> None:
        self._smoothed = Smoothed(_parameters(settings))
        self._sections = Sections(ellip(ORDER, RIPPLE_DB, STOP_DB, CUTOFF_HZ, fs=SAMPLE_RATE, output="sos"))
        self._before = np.zeros(CHANNELS)

    def change(self, settings: LowPassSettings) -> None:
        """Moves to other settings."""
        self._smoothed.aim(_parameters(settings))

    def process(self, sound: Wide) -> None:
        """Filters in place."""
        rows, into = self._smoothed.over(sound.shape[1])
        low = sound.copy()
        self._sections.process(low)
        _choose(sound, low, rows, into, self._before)


def _parameters(settings: LowPassSettings) -> tuple[float]:
    """The share of the filtered sound."""
    return (0.0 if settings.bypass else 1.0,)


@kernel
def _choose(sound: Wide, low: Wide, rows: Rows, into: int, before: NDArray[np.float64]) -> None:
    """Writes to `sound` so much of `low` as `rows` say, and for the rest of itself one frame earlier."""
    frames = sound.shape[1]
    for window in range(rows.shape[0] - 1):
        first = window * WINDOW_FRAMES - into
        start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
        step = (rows[window + 1, 0] - rows[window, 0]) / WINDOW_FRAMES
        for channel in range(CHANNELS):
            for frame in range(start, end):
                share = rows[window, 0] + step * (frame + 1 - first)
                dry, before[channel] = before[channel], sound[channel, frame]
                sound[channel, frame] = dry + share * (low[channel, frame] - dry)
