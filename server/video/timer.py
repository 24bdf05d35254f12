"""The timer: how far the track is, set anew once a second. Roboto's figures are all equally wide, so nothing jumps."""

from functools import lru_cache
from typing import Final

from server.video.bill import Turn
from server.video.canvas import Canvas
from server.video.colour import Ink
from server.video.typesetting import REGULAR, Lettering, set_in, write

LONGEST_SECONDS: Final = 100 * 3600
"""Whoever is on for longer starts again at 0:00."""


def time_of(seconds: float) -> str:
    """1:05, 59:59, 1:00:00."""
    whole = int(seconds) % LONGEST_SECONDS
    hours, minutes = divmod(whole // 60, 60)
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"


def told(turn: Turn) -> str:
    """`1:05 / 3:40`, or how long it has been on where nobody knows the end."""
    if turn.length_seconds is None:
        return time_of(turn.elapsed_seconds)
    return f"{time_of(min(turn.elapsed_seconds, turn.length_seconds))} / {time_of(turn.length_seconds)}"


def tell(canvas: Canvas, turn: Turn, place: float, baseline: float, size: int, ink: Ink, share: float, ends: bool = True) -> None:
    """Writes it so that it ends at `place`, or begins there."""
    text = _set(told(turn), size)
    write(canvas, text, place - text.width if ends else place, baseline, ink, share)


@lru_cache(maxsize=8)
def _set(text: str, size: int) -> Lettering:
    return set_in(text, REGULAR, 20.0 * size, (size,))
