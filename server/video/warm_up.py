"""Warm-up: compiles every brush as it is used, and keeps it on disk, so that the first picture does not wait for it."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from dsp.warm_up import use_all
from server.video.bill import Bill, Turn, artwork_of
from server.video.canvas import Canvas
from server.video.encoder import VideoEncoder
from server.video.looks import LOOKS
from server.video.paint import mix
from server.video.still import made_up


def _draw(look: str) -> None:
    canvas = VideoEncoder(1_000, "ultrafast").canvas
    bill = Bill("Station", "Title", "Artist", "0" * 16)
    LOOKS[look](bill, artwork_of(bill.track_id, None)).draw(canvas, made_up(), Turn(1.0, 2.0))
    mix(canvas, Canvas.blank(), 0.5)


PARTS: Final[Mapping[str, Callable[[], None]]] = {look: partial(_draw, look) for look in LOOKS}
"""Together they call every kernel of this folder with the types it gets on air."""


def warm_up(progress: Callable[[str], None] = lambda _part: None) -> list[str]:
    """Compiles or loads every kernel and returns their names; says each part to `progress` before its turn."""
    return use_all("server.video", PARTS, progress)
