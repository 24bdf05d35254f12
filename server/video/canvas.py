"""What a picture is drawn on: three planes of YUV 4:2:0, 1280 x 720, limited range, BT.709.

Pictures are made and kept in the encoder's own colours and never pass through RGB: nothing has to be converted, 30 times a second. The
picture at position p stands for the 1600 frames of sound from p on, and every p is a multiple of 1600 of the station's clock.
"""

from dataclasses import dataclass
from typing import Final, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE

WIDTH: Final = 1280
HEIGHT: Final = 720
PICTURES_A_SECOND: Final = 30
PICTURE_FRAMES: Final = SAMPLE_RATE // PICTURES_A_SECOND
"""How much sound a picture stands for."""

DARKEST: Final = 16
BRIGHTEST: Final = 235
"""The limits of luma; chroma lies between 16 and 240, grey at 128."""
GREY: Final = 128

Plane: TypeAlias = NDArray[np.uint8]
"""uint8 [rows, columns]."""


@dataclass(frozen=True, slots=True)
class Canvas:
    """The planes of one picture. Whoever draws writes into them."""

    luma: Plane
    """uint8 [720, 1280]."""
    blue: Plane
    """Cb, uint8 [360, 640]."""
    red: Plane
    """Cr, uint8 [360, 640]."""

    @classmethod
    def blank(cls) -> Self:
        """A black one."""
        return cls(
            np.full((HEIGHT, WIDTH), DARKEST, np.uint8),
            np.full((HEIGHT // 2, WIDTH // 2), GREY, np.uint8),
            np.full((HEIGHT // 2, WIDTH // 2), GREY, np.uint8),
        )

    @property
    def planes(self) -> tuple[Plane, Plane, Plane]:
        return self.luma, self.blue, self.red
