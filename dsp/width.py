"""The width: how far left and right differ in each band, and the sum of the bands.

Bass is mono: on a phone it would be anyway, a groove of bass on one side only costs loudness, and both speakers of a car share it.
"""

from typing import Final

import numpy as np

from dsp.crossover import BANDS, Bands
from dsp.guard import Wide
from dsp.kernel import kernel
from dsp.settings import CrossoverSettings, WidthSettings
from dsp.smoothing import WINDOW_FRAMES, Rows, Smoothed

SHARE: Final = BANDS
"""Column of the rows behind the widths: how much of the bands goes into the sum, instead of the sound as it was before the crossover."""


class Width:
    """Adds the bands up, each as wide as it is set; no latency."""

    def __init__(self, settings: WidthSettings, crossover: CrossoverSettings) -> None:
        self._smoothed = Smoothed(_parameters(settings, crossover))

    def change(self, settings: WidthSettings, crossover: CrossoverSettings) -> None:
        """Moves to other settings."""
        self._smoothed.aim(_parameters(settings, crossover))

    def sum(self, bands: Bands, sound: Wide) -> None:
        """Writes the sum of `bands` over `sound`, which holds what they were cut from."""
        rows, into = self._smoothed.over(sound.shape[1])
        _sum(bands, sound, rows, into)


def _parameters(settings: WidthSettings, crossover: CrossoverSettings) -> tuple[float, ...]:
    widths = (1.0,) * BANDS if settings.bypass else (settings.low, settings.low_mid, settings.high_mid, settings.high)
    return (*widths, 0.0 if crossover.bypass else 1.0)


@kernel
def _sum(bands: Bands, sound: Wide, rows: Rows, into: int) -> None:
    frames = sound.shape[1]
    steps = np.empty(BANDS + 1)
    for window in range(rows.shape[0] - 1):
        first = window * WINDOW_FRAMES - into
        start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
        row = rows[window]
        for column in range(BANDS + 1):
            steps[column] = (rows[window + 1, column] - row[column]) / WINDOW_FRAMES
        for frame in range(start, end):
            place = frame + 1 - first
            middle = side = 0.0
            for band in range(BANDS):
                left, right = bands[band, 0, frame], bands[band, 1, frame]
                middle += 0.5 * (left + right)
                side += 0.5 * (left - right) * (row[band] + steps[band] * place)
            share = row[SHARE] + steps[SHARE] * place
            sound[0, frame] += share * (middle + side - sound[0, frame])
            sound[1, frame] += share * (middle - side - sound[1, frame])
