"""How a long take is made of windows: the model has learnt half a minute, so it goes on from the last twelve seconds again and again.

Pure counting; a window is made by generation/musicgen/performance.py.
"""

from dataclasses import dataclass
from typing import Final

from generation.musicgen.shape import FRAMES_A_SECOND

WINDOW_FRAMES: Final = 30 * FRAMES_A_SECOND
KEPT_FRAMES: Final = 12 * FRAMES_A_SECOND
"""Of each window that the next one begins with."""


@dataclass(frozen=True, slots=True)
class Window:
    """Frames of the take that one pass of the model sees."""

    start: int
    """Its first frame in the take."""
    given: int
    """So many of its frames are there already."""
    frames: int
    """All of them, with what is given."""


def windows(frames: int, given: int = 0, window: int = WINDOW_FRAMES, kept: int = KEPT_FRAMES) -> tuple[Window, ...]:
    """Those that make `frames` of which `given` are there, in order. Of what is given only the last `kept` are looked at."""
    start = max(0, given - kept)
    found = []
    while given < frames:
        end = min(frames, start + window)
        found.append(Window(start, given - start, end - start))
        given, start = end, end - kept
    return tuple(found)
