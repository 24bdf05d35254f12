"""Faults planted in good takes: what a broken backend hands over, and what no station may air."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

import numpy as np

from dsp.block import SAMPLE_RATE, Samples
from generation.take import Take

Fault = Callable[[Take], Take]


def _of_sound(change: Callable[[Samples], Samples]) -> Fault:
    """The same take with other samples."""
    return lambda take: replace(take, samples=np.ascontiguousarray(change(take.samples), np.float32))


def _silence(sound: Samples) -> Samples:
    return np.zeros_like(sound)


def _clipped(sound: Samples) -> Samples:
    made: Samples = np.clip(12.0 * sound, -1.0, 1.0)
    return made


def _noise(sound: Samples) -> Samples:
    return 0.15 * np.random.default_rng(1).standard_normal(sound.shape, np.float32)


def _turned(sound: Samples) -> Samples:
    """One side upside down: nothing is left of the middle on one loudspeaker."""
    middle = sound.mean(axis=0)
    return np.stack([middle, -middle])


def _hole(sound: Samples) -> Samples:
    made = sound.copy()
    half = sound.shape[1] // 2
    made[:, half : half + 3 * SAMPLE_RATE] = 0.0
    return made


def _broken_off(take: Take) -> Take:
    """It ends where it is loudest, and that was wished to be its length."""
    full = max((one for one in take.sections if one.name.startswith(("drop", "theme"))), key=lambda one: one.start_frame)
    end = full.start_frame + full.frames
    loudest = end - SAMPLE_RATE + int(np.argmax(np.abs(take.samples[:, end - SAMPLE_RATE : end]).max(axis=0)))
    return replace(take, samples=take.samples[:, :loudest].copy(), brief=replace(take.brief, seconds=loudest / SAMPLE_RATE))


FAULTS: Final[Mapping[str, Fault]] = {
    "silence": _of_sound(_silence),
    "clipped": _of_sound(_clipped),
    "noise": _of_sound(_noise),
    "mono-phase": _of_sound(_turned),
    "cut end": _broken_off,
    "half as long": _of_sound(lambda sound: sound[:, : sound.shape[1] // 2]),
    "twice as long": _of_sound(lambda sound: np.tile(sound, 2)),
    "a hole": _of_sound(_hole),
    "one side only": _of_sound(lambda sound: sound * np.array([[1.0], [0.0]], np.float32)),
    "off zero": _of_sound(lambda sound: sound + np.float32(0.05)),
    "a tone": _of_sound(lambda sound: np.tile(0.2 * np.sin(0.0575 * np.arange(sound.shape[1])), (2, 1))),
    "not a number": _of_sound(lambda sound: np.where(np.arange(sound.shape[1]) == 48_000, np.nan, sound)),
}
"""What it is called -> how it is made of a good take."""
