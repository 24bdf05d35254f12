"""Beats as another ear names them, one by one, made into an even grid; and how far they can be trusted to be even."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE
from dsp.hearing import BeatGrid

FEWEST: Final = 8
NEAR_SECONDS: Final = 0.025
"""A beat this far from the grid still lies on it."""
USUAL_BAR: Final = 4
_BARS: Final = (2, 3, 4, 5, 6, 7)


def even_grid(beats_seconds: NDArray[np.float64], downbeats_seconds: NDArray[np.float64]) -> BeatGrid | None:
    """The grid that lies nearest to the beats; None where there are too few. Its confidence is the share of beats that lie on it."""
    beats = np.unique(np.asarray(beats_seconds, np.float64))
    steps = np.diff(beats)
    if beats.size < FEWEST:
        return None
    beat = float(np.median(steps))
    numbers = np.concatenate(([0], np.cumsum(np.maximum(1, np.rint(steps / beat)))))
    for _ in range(3):  # again without those that do not lie on it
        near = np.abs(_off(beats, numbers, beat)) < max(NEAR_SECONDS, 0.1 * beat)
        if near.sum() < FEWEST:
            return None
        beat, first = (float(value) for value in np.polyfit(numbers[near], beats[near], 1))
    confidence = float((np.abs(beats - first - numbers * beat) < NEAR_SECONDS).mean())
    shift = int(np.floor(first / beat))
    bar, downbeat = _bar(np.rint((np.asarray(downbeats_seconds, np.float64) - first) / beat).astype(np.int64) + shift)
    return BeatGrid(60.0 / beat, (first - shift * beat) * SAMPLE_RATE, downbeat, bar, round(confidence, 3))


def _off(beats: NDArray[np.float64], numbers: NDArray[np.float64], beat: float) -> NDArray[np.float64]:
    """How far each beat lies from a grid of that length through the middle of them all."""
    return np.asarray(beats - numbers * beat - np.median(beats - numbers * beat))


def _bar(downbeats: NDArray[np.int64]) -> tuple[int, int]:
    """How many beats a bar has, and which of them is the one, from the numbers of the downbeats."""
    if downbeats.size < 2:
        return USUAL_BAR, int(downbeats[0]) % USUAL_BAR if downbeats.size else 0
    steps = np.diff(downbeats)
    bar = max(_BARS, key=lambda beats: int((steps == beats).sum()))
    return bar, int(np.bincount(downbeats % bar, minlength=bar).argmax())
