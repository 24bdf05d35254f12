"""Colours as the encoder takes them, and the palette of a picture: from the cover, so that both belong together.

An ink is Y'CbCr of BT.709 in limited range, 8 bits, not rounded yet: whoever writes it into a plane dithers.
"""

from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

RED_WEIGHT: Final = 0.2126
BLUE_WEIGHT: Final = 0.0722
GREEN_WEIGHT: Final = 1.0 - RED_WEIGHT - BLUE_WEIGHT
"""ITU-R BT.709-6, 3.2."""

Pixels: TypeAlias = NDArray[np.uint8]
"""RGB, uint8 [rows, columns, 3]."""

SWATCHES: Final = 4_096
"""Colours are told apart by four bits of each part."""
DULL: Final = 0.12
"""Colours of less chroma tell no hue."""
DISTINCT: Final = 0.06
"""Hues nearer than that on the circle are one."""


class Ink(NamedTuple):
    """16..235, 16..240, 16..240."""

    luma: float
    blue: float
    red: float


class Rgb(NamedTuple):
    """0 to 1 each."""

    red: float
    green: float
    blue: float


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a picture: a dark ground and three inks that stand out on it."""

    deep: Rgb
    lit: Rgb
    inks: tuple[Rgb, Rgb, Rgb]


def ink(colour: Rgb) -> Ink:
    """`colour` in BT.709's limited range."""
    luma = RED_WEIGHT * colour.red + GREEN_WEIGHT * colour.green + BLUE_WEIGHT * colour.blue
    return Ink(
        16.0 + 219.0 * luma,
        128.0 + 112.0 * (colour.blue - luma) / (1.0 - BLUE_WEIGHT),
        128.0 + 112.0 * (colour.red - luma) / (1.0 - RED_WEIGHT),
    )


def mixed(one: Rgb, other: Rgb, share: float) -> Rgb:
    """`share` of the way from one to the other."""
    return Rgb(*(a + share * (b - a) for a, b in zip(one, other, strict=True)))


def planes_of(pixels: Pixels) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """The three planes of an image whose sides are even: luma [rows, columns], chroma half of that, not rounded."""
    red, green, blue = (pixels[:, :, part].astype(np.float32) / 255.0 for part in range(3))
    luma = RED_WEIGHT * red + GREEN_WEIGHT * green + BLUE_WEIGHT * blue
    return (
        16.0 + 219.0 * luma,
        128.0 + halved((blue - luma) * np.float32(112.0 / (1.0 - BLUE_WEIGHT))),
        128.0 + halved((red - luma) * np.float32(112.0 / (1.0 - RED_WEIGHT))),
    )


def halved(plane: NDArray[np.float32]) -> NDArray[np.float32]:
    """The means of two by two pixels: a plane for chroma."""
    rows, columns = plane.shape
    return np.asarray(plane.reshape(rows // 2, 2, columns // 2, 2).mean((1, 3)), np.float32)


def palette_of(pixels: Pixels) -> Palette:
    """The palette of a cover: its strongest hues, as bright as inks and as dark as a ground have to be. Of a grey cover a cool grey one."""
    hues = _hues(pixels)
    if not hues:
        return Palette(Rgb(0.05, 0.06, 0.08), Rgb(0.17, 0.19, 0.23), (Rgb(0.93, 0.94, 0.96), Rgb(0.66, 0.72, 0.80), Rgb(0.80, 0.84, 0.90)))
    first = hues[0]
    second = hues[1] if len(hues) > 1 else (first + 0.08) % 1.0
    third = hues[2] if len(hues) > 2 else (first - 0.08) % 1.0
    return Palette(
        Rgb(*hls_to_rgb(first, 0.075, 0.55)),
        Rgb(*hls_to_rgb(first, 0.22, 0.50)),
        (Rgb(*hls_to_rgb(first, 0.64, 0.80)), Rgb(*hls_to_rgb(second, 0.68, 0.78)), Rgb(*hls_to_rgb(third, 0.76, 0.72))),
    )


def _hues(pixels: Pixels) -> list[float]:
    """At most three hues that differ, the strongest first: how often a colour is there times how colourful it is."""
    bits = (pixels >> 4).astype(np.int32)
    counts = np.bincount((bits[:, :, 0] << 8 | bits[:, :, 1] << 4 | bits[:, :, 2]).ravel(), minlength=SWATCHES)
    weighted: list[tuple[float, float]] = []
    for swatch in np.flatnonzero(counts):
        parts = [((swatch >> shift & 15) + 0.5) / 16 for shift in (8, 4, 0)]
        chroma = max(parts) - min(parts)
        if chroma >= DULL:
            weighted.append((float(counts[swatch]) * chroma, rgb_to_hls(*parts)[0]))
    hues: list[float] = []
    for _, hue in sorted(weighted, reverse=True):
        if len(hues) < 3 and all(min(abs(hue - known), 1.0 - abs(hue - known)) > DISTINCT for known in hues):
            hues.append(hue)
    return hues
