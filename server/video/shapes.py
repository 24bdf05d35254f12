"""Shapes that covers are cut to, with soft edges: uint8 [side, side]."""

import numpy as np

from server.video.canvas import Plane


def rounded_square(side: int, radius: float) -> Plane:
    """A square with round corners."""
    place = np.abs(np.arange(side) + 0.5 - side / 2) - (side / 2 - radius)
    beyond = np.maximum(place, 0.0)
    away = np.hypot(beyond[None, :], beyond[:, None])
    return np.asarray(255.0 * np.clip(radius + 0.5 - away, 0.0, 1.0) + 0.5, np.uint8)


def disc(side: int) -> Plane:
    """A circle."""
    return rounded_square(side, side / 2)
