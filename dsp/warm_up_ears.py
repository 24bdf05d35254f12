"""Warm-up of the ears: compiles what hears a whole track, for workers. Nothing that airs uses it, so nothing that airs loads it."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE
from dsp.ears import hear
from dsp.warm_up import use_all

_SECONDS: Final = 12
_BEAT_FRAMES: Final = SAMPLE_RATE // 2


def _hear() -> None:
    """Twelve seconds of strokes at 120 BPM over a chord: it has a tempo, beats, a key and an end."""
    frames = np.arange(_SECONDS * SAMPLE_RATE)
    stroke = np.exp(-(frames % _BEAT_FRAMES) / 2_000.0)
    noise = np.random.default_rng(0).standard_normal(frames.size)
    chord = sum(np.sin(2.0 * np.pi * hertz * frames / SAMPLE_RATE) for hertz in (220.0, 277.2, 329.6))
    sound = 0.2 * stroke * noise + 0.05 * chord * stroke
    hear(np.tile(sound, (CHANNELS, 1)).astype(np.float32))


PARTS: Final[Mapping[str, Callable[[], None]]] = {"ears": _hear}


def warm_up(progress: Callable[[str], None] = lambda _part: None) -> list[str]:
    """Compiles or loads every kernel of the ears; says each part to `progress` before its turn. Returns the room's kernels by name."""
    return use_all("dsp", PARTS, progress)
