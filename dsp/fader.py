"""The fader: a gain in decibels that can be moved while it sounds."""

import math
from typing import Final

import numpy as np

from dsp.guard import Wide
from dsp.kernel import kernel
from dsp.smoothing import WINDOW_FRAMES, Rows, Smoothed

NEPERS: Final = math.log(10.0) / 20.0
"""In a decibel."""


class Fader:
    """Makes the sound louder or softer; at 0 dB it leaves every bit as it is."""

    def __init__(self, gain_db: float = 0.0) -> None:
        self._gain_db = gain_db
        self._smoothed = Smoothed([gain_db])

    @property
    def gain_db(self) -> float:
        """What it stands at, or is on its way to."""
        return self._gain_db

    def move(self, gain_db: float) -> None:
        """Sets out for a new gain."""
        if gain_db != self._gain_db:
            self._gain_db = gain_db
            self._smoothed.aim([gain_db])

    def process(self, sound: Wide) -> None:
        """Applies the gain in place."""
        rows, into = self._smoothed.over(sound.shape[1])
        if rows.any():
            _apply(sound, rows, into)


@kernel
def _apply(sound: Wide, rows: Rows, into: int) -> None:
    """The straight lines are drawn in decibels: between two rows the gain is an exponential, which has no corners on its way up."""
    frames = sound.shape[1]
    for window in range(rows.shape[0] - 1):
        first = window * WINDOW_FRAMES - into
        start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
        power = rows[window, 0] * NEPERS
        step = (rows[window + 1, 0] * NEPERS - power) / WINDOW_FRAMES
        gain = np.exp(power)
        for frame in range(start, end):
            if step != 0.0:
                gain = np.exp(power + step * (frame + 1 - first))
            sound[0, frame] *= gain
            sound[1, frame] *= gain
