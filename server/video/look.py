"""What a look is: one way to show the programme, made for one bill, that draws any picture of it without a memory of the last one.

So a picture depends on nothing but the bill, what was heard and the position; it can be drawn twice, and by another process.
"""

from collections.abc import Callable
from typing import Final, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsp.spectrum import BANDS
from server.video.bill import Artwork, Bill, Turn
from server.video.canvas import Canvas
from server.video.colour import Rgb
from server.video.waveform import Heard

Reals: TypeAlias = NDArray[np.float32]

SHOWN_BANDS: Final = 60
"""The last four lie above 14.4 kHz, where an encoder leaves little."""
LOWEST: Final = 0.36
HIGHEST: Final = 0.90
"""Where, of -90 to 0 dBFS, a band begins to show and where it reaches its full height."""
TILT: Final = np.linspace(0.0, 0.10, BANDS, dtype=np.float32)
"""Music falls by about 3 dB an octave; 9 dB of that are given back, so that the whole width is alive."""
BEND: Final = np.float32(1.4)

SPILL: Final = 0.22
"""How much of a band's height its neighbours take on: single lines would stick out like needles."""

WHITE: Final = Rgb(0.97, 0.97, 0.98)
BLACK: Final = Rgb(0.0, 0.0, 0.0)


class Look(Protocol):
    """One bill's pictures."""

    def draw(self, canvas: Canvas, heard: Heard, turn: Turn) -> None:
        """Draws all of the picture at `heard.position`; nothing of what was on the canvas remains."""


Stage: TypeAlias = Callable[[Bill, Artwork], Look]
"""Sets a look up for a bill. Takes some tenths of a second."""


def heights(bands: Reals) -> Reals:
    """How high the 60 shown bands stand, 0 to 1; `bands`: 0 to 1 for -90 to 0 dBFS, float32 [..., 64]."""
    levels = np.clip((bands + TILT * (bands > 0.0) - np.float32(LOWEST)) / np.float32(HIGHEST - LOWEST), 0.0, 1.0) ** BEND
    calm: Reals = levels[..., :SHOWN_BANDS].copy()
    calm[..., 1:] += np.float32(SPILL) * (levels[..., : SHOWN_BANDS - 1] - levels[..., 1:SHOWN_BANDS])
    calm[..., :-1] += np.float32(SPILL) * (levels[..., 1:SHOWN_BANDS] - levels[..., : SHOWN_BANDS - 1])
    return calm


def loudness(heard: Heard) -> float:
    """How much is going on, 0 to 1, moving as calmly as a breath: the mean height of the last half second."""
    return float(heights(heard.past[-15:]).mean())
