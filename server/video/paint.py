"""Painting on a canvas: each shape goes into three planes, at half the measures into those of chroma.

Measures are pixels of the full picture; they may lie between pixels, and beyond the edge.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from server.video import brush
from server.video.canvas import Canvas, Plane
from server.video.colour import Ink, Pixels, planes_of

Reals = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Mask:
    """A shape: 255 inside, 0 outside and on its outermost pixels. Even sides."""

    full: Plane
    half: Plane
    """The same for chroma: half as high and as wide."""

    @property
    def width(self) -> int:
        return int(self.full.shape[1])

    @property
    def height(self) -> int:
        return int(self.full.shape[0])


def mask_of(shape: Plane) -> Mask:
    """The mask of a shape; a frame of two empty pixels is put around it, and what evens its sides."""
    rows, columns = shape.shape
    full = np.zeros((rows + rows % 2 + 4, columns + columns % 2 + 4), np.uint8)
    full[2 : 2 + rows, 2 : 2 + columns] = shape
    half = full.reshape(full.shape[0] // 2, 2, full.shape[1] // 2, 2).mean((1, 3)) + 0.5
    return Mask(full, half.astype(np.uint8))


@dataclass(frozen=True, slots=True)
class Sprite:
    """A small picture with a shape."""

    mask: Mask
    luma: Plane
    blue: Plane
    red: Plane


def sprite_of(pixels: Pixels, shape: Plane) -> Sprite:
    """An image cut to a shape of its size."""
    mask = mask_of(shape)
    down, right = mask.height - shape.shape[0] - 2, mask.width - shape.shape[1] - 2
    framed = np.pad(pixels, ((2, down), (2, right), (0, 0)), mode="edge")
    return Sprite(mask, *((plane + np.float32(0.5)).astype(np.uint8) for plane in planes_of(framed)))


def copy(canvas: Canvas, source: Canvas) -> None:
    """Makes `canvas` like `source`."""
    for plane, other in zip(canvas.planes, source.planes, strict=True):
        np.copyto(plane, other)


def mix(canvas: Canvas, other: Canvas, share: float) -> None:
    """Moves `canvas` the `share` of the way to `other`."""
    for plane, another in zip(canvas.planes, other.planes, strict=True):
        brush.mix(plane, another, share)


def stain(canvas: Canvas, mask: Mask, left: float, top: float, ink: Ink, share: float = 1.0) -> None:
    """Colours the shape, whose first pixel lies at (left, top)."""
    brush.stain(canvas.luma, mask.full, left - 2.0, top - 2.0, ink.luma, share)
    brush.stain(canvas.blue, mask.half, left / 2.0 - 1.0, top / 2.0 - 1.0, ink.blue, share)
    brush.stain(canvas.red, mask.half, left / 2.0 - 1.0, top / 2.0 - 1.0, ink.red, share)


def lay(canvas: Canvas, sprite: Sprite, left: float, top: float, share: float = 1.0) -> None:
    """Lays the sprite, whose first pixel lies at (left, top)."""
    brush.lay(canvas.luma, sprite.luma, sprite.mask.full, left - 2.0, top - 2.0, share)
    brush.lay(canvas.blue, sprite.blue, sprite.mask.half, left / 2.0 - 1.0, top / 2.0 - 1.0, share)
    brush.lay(canvas.red, sprite.red, sprite.mask.half, left / 2.0 - 1.0, top / 2.0 - 1.0, share)


@dataclass(frozen=True, slots=True)
class Inks:
    """The colours of many strokes, from one end to the other: float32 [strokes, 2] for each plane."""

    luma: Reals
    blue: Reals
    red: Reals


def inks_of(ends: Sequence[tuple[Ink, Ink]]) -> Inks:
    values = np.array(ends, np.float32).reshape(-1, 2, 3)
    return Inks(*(np.ascontiguousarray(values[:, :, part]) for part in range(3)))


def strokes(canvas: Canvas, measures: Reals, inks: Inks, joined: bool = False) -> None:
    """Round-ended strokes, float32 [strokes, 7]: x, y, x, y, half the width, and how strong it is at either end.

    `joined`: each goes on where the one before ends, and none has ends of its own.
    """
    brush.stroke(canvas.luma, measures, inks.luma, 1.0, joined)
    brush.stroke(canvas.blue, measures, inks.blue, 0.5, joined)
    brush.stroke(canvas.red, measures, inks.red, 0.5, joined)


def thread(canvas: Canvas, heights: Reals, shares: Reals, left: float, half: float, glow: float, ink: Ink) -> None:
    """A curve from `left` on, one height and one share a column; `half` its half width, with a glow of about that reach."""
    brush.thread(canvas.luma, heights, shares, left, half, glow, ink.luma, 1.0)
    brush.thread(canvas.blue, heights, shares, left, half, glow, ink.blue, 0.5)
    brush.thread(canvas.red, heights, shares, left, half, glow, ink.red, 0.5)


def ridges(canvas: Canvas, curves: Reals, layers: Reals, middle: float, inks: Inks) -> None:
    """Mountains behind mountains, the nearest first: see brush.ridges. `inks`: of edge and body."""
    brush.ridges(canvas.luma, curves, layers, middle, inks.luma, 1.0)
    brush.ridges(canvas.blue, curves, layers, middle, inks.blue, 0.5)
    brush.ridges(canvas.red, curves, layers, middle, inks.red, 0.5)
