"""Backdrops: what lies behind everything and stands still while a bill is shown. Light upon light, dithered, so that no step shows.

All of it is done once a bill, off the thread that draws; places are in pixels of the full picture.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from server.video import brush
from server.video.canvas import HEIGHT, WIDTH, Canvas
from server.video.colour import Rgb, halved, ink

Shares: TypeAlias = NDArray[np.float32]
"""How much of a light there is at each pixel: float32, broadcasts to [720, 1280]."""
Light: TypeAlias = tuple[Shares, Rgb]

ROWS: Final[Shares] = np.arange(HEIGHT, dtype=np.float32)[:, None] + np.float32(0.5)
COLUMNS: Final[Shares] = np.arange(WIDTH, dtype=np.float32)[None, :] + np.float32(0.5)


def backdrop(ground: Rgb, lights: Iterable[Light]) -> Canvas:
    """Lights laid over a ground, one after the other."""
    planes = [np.full((HEIGHT, WIDTH), value, np.float32) for value in ink(ground)]
    for shares, colour in lights:
        for plane, value in zip(planes, ink(colour), strict=True):
            plane += shares * (np.float32(value) - plane)
    canvas = Canvas.blank()
    brush.settle(canvas.luma, planes[0])
    for drawn, plane in zip((canvas.blue, canvas.red), planes[1:], strict=True):
        brush.settle(drawn, halved(plane))
    return canvas


def between(places: Shares, start: float, end: float) -> Shares:
    """0 up to `start`, 1 from `end` on, without a kink between; `end` may lie before `start`."""
    way = np.clip((places - np.float32(start)) / np.float32(end - start), 0.0, 1.0)
    return np.asarray(way * way * (np.float32(3.0) - np.float32(2.0) * way), np.float32)


def distance(x: float, y: float, flatness: float = 1.0) -> Shares:
    """How far each pixel is from a point; what is above or below it counts `flatness` times."""
    return np.asarray(np.hypot(COLUMNS - np.float32(x), np.float32(flatness) * (ROWS - np.float32(y))), np.float32)


def glow(x: float, y: float, reach: float, strength: float, flatness: float = 1.0) -> Shares:
    """A soft light round a point: half of it is left at `reach`."""
    away = distance(x, y, flatness) / np.float32(reach)
    return np.asarray(np.float32(strength) / (1.0 + away * away), np.float32)
