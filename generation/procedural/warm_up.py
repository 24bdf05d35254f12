"""Warm-up: compiles every kernel of the composer as it is used, and keeps it on disk, so that the first track does not wait for it."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE
from dsp.warm_up import use_all
from generation.brief import SHORTEST_SECONDS, Brief
from generation.procedural.bed import bed
from generation.procedural.composer import ProceduralComposer
from generation.procedural.formants import sing
from generation.procedural.pads import PADS
from generation.procedural.stabs import STABS
from generation.procedural.voice import sound_of


def _compose() -> None:
    for genre in ("house", "ambient", "lo-fi"):
        ProceduralComposer().make(Brief(genre, 0, SHORTEST_SECONDS))


def _play() -> None:
    for patch in (STABS["electric piano"], STABS["saw stab"], STABS["dub chord"], PADS["glass pad"]):
        sound_of(patch, 60, SAMPLE_RATE // 10, 0.8, np.random.default_rng(0))


def _sing() -> None:
    sing(np.zeros((CHANNELS, SAMPLE_RATE // 10), np.float32), "ao", 1.0)


def _rest() -> None:
    bed()


PARTS: Final[Mapping[str, Callable[[], None]]] = {"composer": _compose, "voices": _play, "vowels": _sing, "bed": _rest}
"""Together they call every kernel of this room with the types it gets."""


def warm_up(progress: Callable[[str], None] = lambda _part: None) -> list[str]:
    """Compiles or loads every kernel and returns their names; says each part to `progress` before its turn."""
    return use_all("generation", PARTS, progress)
