"""Warm-up: compiles what sends to listeners, and keeps it on disk, so that the first one does not wait for it."""

from collections.abc import Callable, Mapping
from typing import Final

from dsp.warm_up import use_all
from server.webrtc.sealed_group import load

PARTS: Final[Mapping[str, Callable[[], None]]] = {"group": load}


def warm_up(progress: Callable[[str], None] = lambda _part: None) -> list[str]:
    """Compiles or loads every kernel and returns their names; says each part to `progress` before its turn."""
    return use_all("server.webrtc", PARTS, progress)
