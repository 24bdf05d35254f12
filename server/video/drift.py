"""The drift: what is drawn never stands on the same pixels for long, so that no screen keeps it.

Everything moves together, along a path that nobody notices: some pixels wide, minutes long. It rests on whole pixels, where letters are
sharp, most of the time, and glides from one to the next within a second or two.
"""

from math import floor, pi, sin
from typing import Final, NamedTuple

from dsp.block import seconds_of

REACH_ACROSS: Final = 12.0
REACH_DOWN: Final = 8.0
"""Pixels to either side."""
PERIOD_ACROSS_SECONDS: Final = 790.0
PERIOD_DOWN_SECONDS: Final = 530.0
GLIDE: Final = 0.25
"""The share of a pixel's way that it takes to get to the next."""


class Drift(NamedTuple):
    """Pixels from where everything was laid out."""

    across: float
    down: float


def drift_at(position: int) -> Drift:
    """The same for every pusher of a station, at every start."""
    seconds = seconds_of(position)
    return Drift(
        _rested(REACH_ACROSS * sin(2.0 * pi * seconds / PERIOD_ACROSS_SECONDS)),
        _rested(REACH_DOWN * sin(2.0 * pi * seconds / PERIOD_DOWN_SECONDS)),
    )


def _rested(place: float) -> float:
    """`place` on whole pixels, with a smooth way between them."""
    whole = floor(place)
    way = min(1.0, max(0.0, (place - whole - 0.5) / GLIDE + 0.5))
    return whole + way * way * (3.0 - 2.0 * way)
