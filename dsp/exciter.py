"""The exciter: gives sound from 3 to 6.5 kHz overtones of its own.

They come from a polynomial of the third order, and what goes into it ends steeply below 8 kHz: three times that is half the sample rate,
so no overtone folds back. What the polynomial makes below 5 kHz (differences, a shifted zero) is filtered away again. A slow follower
turns down what goes in when it is high, so the overtones of loud sound do not grow beyond bounds.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, ellip

from dsp.block import CHANNELS, SAMPLE_RATE
from dsp.gain import db_to_gain
from dsp.guard import Wide
from dsp.kernel import kernel
from dsp.sections import Sections
from dsp.settings import ExciterSettings
from dsp.smoothing import WINDOW_FRAMES, Rows, Smoothed, share_a_window

LOWEST_HZ: Final = 3000.0
HIGHEST_HZ: Final = 6500.0
ORDER: Final = 8
STOP_DB: Final = 70.0
"""Reached at 8.5 kHz; 67 dB at 8 kHz. So much is left of it at the highest drive that the second power makes 100 dB."""
OVERTONES_HZ: Final = 5000.0
MOST: Final = 2.0
"""No input beyond this bends: only a hit out of silence gets there, for a third of a millisecond."""
HELD_WINDOWS: Final = 36
"""The follower looks back over 12 ms, so it stands still while a tone does: if it trembled, so would the overtones."""
RELEASE: Final = share_a_window(50.0)

HIGHEST, PLACE, FOLLOWED, DOWN, NEXT_DOWN = range(5)
"""What stands where in the follower's memory."""


class Exciter:
    """Adds overtones; no latency."""

    def __init__(self, settings: ExciterSettings) -> None:
        self._smoothed = Smoothed(_parameters(settings))
        high = butter(2, LOWEST_HZ, "highpass", fs=SAMPLE_RATE, output="sos")
        self._band = Sections(np.vstack((high, ellip(ORDER, 0.1, STOP_DB, HIGHEST_HZ, fs=SAMPLE_RATE, output="sos"))))
        self._overtones = Sections(butter(2, OVERTONES_HZ, "highpass", fs=SAMPLE_RATE, output="sos"))
        self._held = np.zeros(HELD_WINDOWS)
        self._follower = np.array([0.0, 0.0, 0.0, 1.0, 1.0])

    def change(self, settings: ExciterSettings) -> None:
        """Moves to other settings."""
        self._smoothed.aim(_parameters(settings))

    def process(self, sound: Wide) -> None:
        """Works in place."""
        rows, into = self._smoothed.over(sound.shape[1])
        bent = sound.copy()
        self._band.process(bent)
        _bend(bent, rows, into, self._held, self._follower)
        self._overtones.process(bent)
        _add(sound, bent, rows, into)


def _parameters(settings: ExciterSettings) -> tuple[float, float]:
    """The share of the overtones, and the gain in front of the polynomial."""
    return 0.0 if settings.bypass else settings.amount, db_to_gain(settings.drive_db)


@kernel
def _bend(bent: Wide, rows: Rows, into: int, held: NDArray[np.float64], follower: NDArray[np.float64]) -> None:
    """The polynomial u^2 / 2 - u^3 / 6, in place."""
    frames = bent.shape[1]
    for window in range(rows.shape[0] - 1):
        first = window * WINDOW_FRAMES - into
        start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
        if start == first:
            _follow(rows[window, 1], held, follower)
        drive, drive_step = rows[window, 1], (rows[window + 1, 1] - rows[window, 1]) / WINDOW_FRAMES
        down, down_step = follower[DOWN], (follower[NEXT_DOWN] - follower[DOWN]) / WINDOW_FRAMES
        highest = follower[HIGHEST]
        for channel in range(CHANNELS):
            for frame in range(start, end):
                place = frame + 1 - first
                x = bent[channel, frame]
                highest = max(highest, abs(x))
                x = min(MOST, max(-MOST, x * (drive + drive_step * place) * (down + down_step * place)))
                bent[channel, frame] = x * x * (0.5 - x / 6.0)
        follower[HIGHEST] = highest


@kernel
def _follow(drive: float, held: NDArray[np.float64], follower: NDArray[np.float64]) -> None:
    """How far the input is turned down at the end of the window that begins: never above 1 behind the drive for long."""
    held[int(follower[PLACE])] = follower[HIGHEST]
    follower[PLACE] = (follower[PLACE] + 1) % HELD_WINDOWS
    follower[HIGHEST] = 0.0
    highest = 0.0
    for window in range(HELD_WINDOWS):
        highest = max(highest, held[window])
    follower[FOLLOWED] = max(highest, follower[FOLLOWED] - RELEASE * follower[FOLLOWED])
    follower[DOWN] = follower[NEXT_DOWN]
    follower[NEXT_DOWN] = 1.0 / max(1.0, drive * follower[FOLLOWED])


@kernel
def _add(sound: Wide, bent: Wide, rows: Rows, into: int) -> None:
    frames = sound.shape[1]
    for window in range(rows.shape[0] - 1):
        first = window * WINDOW_FRAMES - into
        start, end = max(0, first), min(frames, first + WINDOW_FRAMES)
        step = (rows[window + 1, 0] - rows[window, 0]) / WINDOW_FRAMES
        for channel in range(CHANNELS):
            for frame in range(start, end):
                sound[channel, frame] += (rows[window, 0] + step * (frame + 1 - first)) * bent[channel, frame]
