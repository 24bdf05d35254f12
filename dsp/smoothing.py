"""Smoothing: how a parameter gets from its old value to its new one without being heard.

Every stage of the chain reads its parameters from rows of numbers, one row for every 16 frames, counted from the start of the stream;
between two rows it draws a straight line. A new value passes two one-pole filters of 30 ms each on its way into the rows, so it begins
gently, ends gently, and is there after a quarter of a second, short of a thousandth.
"""

import math
from collections.abc import Sequence
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE
from dsp.kernel import kernel

WINDOW_FRAMES: Final = 16
POLE_SECONDS: Final = 0.030
THERE: Final = 1e-9
"""So near to the new value it is the new value."""
_SHARE: Final = 1.0 - math.exp(-WINDOW_FRAMES / (POLE_SECONDS * SAMPLE_RATE))

Rows: TypeAlias = NDArray[np.float64]


def share_a_window(milliseconds: float) -> float:
    """How much of its way a one-pole filter of that time constant goes in 16 frames."""
    return 1.0 - math.exp(-WINDOW_FRAMES / (milliseconds / 1000.0 * SAMPLE_RATE))


class Smoothed:
    """Parameters on their way to what they shall be."""

    def __init__(self, values: Sequence[float]) -> None:
        self._wanted = np.array(values, np.float64)
        self._poles = np.tile(self._wanted, (2, 1))
        self._window = np.tile(self._wanted, (2, 1))
        """The rows before and behind the window that has begun."""
        self._still: Rows = np.tile(self._wanted, (64, 1))
        self._moving = False
        self._into = 0

    def aim(self, values: Sequence[float]) -> None:
        """Sets out for new values at the next window."""
        self._wanted = np.array(values, np.float64)
        self._moving = True

    def over(self, frames: int) -> tuple[Rows, int]:
        """The rows for the next `frames` frames, and how many frames of the first window are over.

        Row w and row w + 1, float64 [windows + 1, parameters], are the values at the first frame of window w and behind its last one.
        """
        into = self._into
        windows = -(-(into + frames) // WINDOW_FRAMES)
        self._into = (into + frames) % WINDOW_FRAMES
        if not self._moving:
            if self._still.shape[0] <= windows:
                self._still = np.tile(self._wanted, (windows + 1, 1))
            return self._still[: windows + 1], into
        rows = np.empty((windows + 1, self._wanted.size))
        _move(self._wanted, self._poles, self._window, into, rows)
        if np.array_equal(self._window[0], self._wanted) and np.array_equal(self._window[1], self._wanted):
            self._moving = False
            self._still = np.tile(self._wanted, (64, 1))
        return rows, into


@kernel
def _move(wanted: NDArray[np.float64], poles: Rows, window: Rows, into: int, rows: Rows) -> None:
    """Writes `rows`; the first two are those of the window that has begun, if one has."""
    begun = 1 if into > 0 else 0
    for place in range(wanted.shape[0]):
        aim = wanted[place]
        first, second = poles[0, place], poles[1, place]
        rows[0, place] = window[1 - begun, place]
        if begun:
            rows[1, place] = window[1, place]
        for row in range(1 + begun, rows.shape[0]):
            first += _SHARE * (aim - first)
            second += _SHARE * (first - second)
            if abs(aim - first) < THERE and abs(aim - second) < THERE:
                first = second = aim
            rows[row, place] = second
        poles[0, place], poles[1, place] = first, second
        window[0, place], window[1, place] = rows[rows.shape[0] - 2, place], rows[rows.shape[0] - 1, place]
