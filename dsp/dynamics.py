"""The compressors: one for each band, soft-kneed, both channels under one gain.

What counts is the band's highest power of the last 12 ms: that stands still through half a period of 42 Hz, so the gain does not follow
the wave itself and the bass is not bent. The gain curve with its quadratic knee is that of Giannoulis, Massberg and Reiss, Digital
Dynamic Range Compressor Design (JAES 60, 2012), equation 4; attack and release smooth the reduction in decibels.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.crossover import BANDS, Bands
from dsp.gain import db_to_gain
from dsp.kernel import kernel
from dsp.settings import BandSettings, CompressorSettings
from dsp.smoothing import WINDOW_FRAMES, Rows, Smoothed, share_a_window

HELD_WINDOWS: Final = 36
"""12 ms."""
THRESHOLD, SLOPE, KNEE, ATTACK, RELEASE, GIVEN_BACK = range(6)
COLUMNS: Final = 6
"""Of the rows, for each band."""
NEW_POWER, PLACE, REDUCTION, GAIN, NEXT_GAIN = range(5)
"""What stands where in a band's memory."""


class Compressors:
    """Evens out each of the four bands; no latency."""

    def __init__(self, settings: CompressorSettings) -> None:
        self._smoothed = Smoothed(_parameters(settings))
        self._powers = np.zeros((BANDS, HELD_WINDOWS))
        self._memory = np.zeros((BANDS, NEXT_GAIN + 1))
        self._memory[:, GAIN] = self._memory[:, NEXT_GAIN] = [db_to_gain(_of_band(settings, band)[GIVEN_BACK]) for band in settings.bands]

    def change(self, settings: CompressorSettings) -> None:
        """Moves to other settings."""
        self._smoothed.aim(_parameters(settings))

    @property
    def reductions_db(self) -> tuple[float, float, float, float]:
        """How far each band is turned down now, from the lowest to the highest; >= 0, without what is given back."""
        low, low_mid, high_mid, high = (float(reduction) for reduction in self._memory[:, REDUCTION])
        return low, low_mid, high_mid, high

    def process(self, bands: Bands) -> None:
        """Works in place."""
        rows, into = self._smoothed.over(bands.shape[2])
        _compress(bands, rows, into, self._powers, self._memory)


def _parameters(settings: CompressorSettings) -> list[float]:
    return [value for band in settings.bands for value in _of_band(settings, band)]


def _of_band(settings: CompressorSettings, band: BandSettings) -> tuple[float, ...]:
    bypass = settings.bypass or band.bypass
    return (
        band.threshold_db,
        0.0 if bypass else 1.0 - 1.0 / band.ratio,
        band.knee_db,
        share_a_window(band.attack_ms),
        share_a_window(band.release_ms),
        0.0 if bypass else band.gain_db,
    )


@kernel
def _compress(bands: Bands, rows: Rows, into: int, powers: NDArray[np.float64], memory: NDArray[np.float64]) -> None:
    frames = bands.shape[2]
    for band in range(BANDS):
        sound, of_band = bands[band], memory[band]
        for window in range(rows.shape[0] - 1):
            first = window * WINDOW_FRAMES - into
            start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
            if start == first:
                _decide(rows[window, band * COLUMNS : (band + 1) * COLUMNS], powers[band], of_band)
            gain = of_band[GAIN]
            step = (of_band[NEXT_GAIN] - gain) / WINDOW_FRAMES
            highest = of_band[NEW_POWER]
            for frame in range(start, end):
                left, right = sound[0, frame], sound[1, frame]
                highest = max(highest, 0.5 * (left * left + right * right))
                now = gain + step * (frame + 1 - first)
                sound[0, frame], sound[1, frame] = left * now, right * now
            of_band[NEW_POWER] = highest


@kernel
def _decide(row: NDArray[np.float64], powers: NDArray[np.float64], memory: NDArray[np.float64]) -> None:
    """The gain at the end of the window that begins, from what has been heard until now."""
    powers[int(memory[PLACE])] = memory[NEW_POWER]
    memory[PLACE] = (memory[PLACE] + 1) % HELD_WINDOWS
    memory[NEW_POWER] = 0.0
    highest = 1e-12
    for window in range(HELD_WINDOWS):
        highest = max(highest, powers[window])
    wanted = _reduction_db(10.0 * np.log10(highest) - row[THRESHOLD], row[SLOPE], row[KNEE])
    speed = row[ATTACK] if wanted > memory[REDUCTION] else row[RELEASE]
    memory[REDUCTION] += speed * (wanted - memory[REDUCTION])
    if memory[REDUCTION] < 1e-6:
        memory[REDUCTION] = 0.0
    memory[GAIN] = memory[NEXT_GAIN]
    memory[NEXT_GAIN] = 10.0 ** ((row[GIVEN_BACK] - memory[REDUCTION]) / 20.0)


@kernel
def _reduction_db(over_db: float, slope: float, knee_db: float) -> float:
    """How far sound is to be turned down that lies `over_db` above the threshold."""
    if 2.0 * over_db <= -knee_db:
        return 0.0
    if 2.0 * over_db >= knee_db:
        return over_db * slope
    return slope * (over_db + 0.5 * knee_db) ** 2 / (2.0 * knee_db)
