"""The judge of true peak: how high sound rises between its samples. Knows nothing of the limiter it judges.

Between samples it interpolates by a windowed sinc of 96 taps (BS.1770-5 annex 2 asks for at least 4 points a sample; the judge takes
up to 16). Most of that work decides nothing, so first only the points half way between samples are computed: with them the sound is
known at twice its rate, and what it may still rise by is bounded (`_Ladder`). Only where that could exceed the highest point so far are
the other points computed. So the result is that of the whole work, at a tenth of its price.
"""

from functools import cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS, Samples
from dsp.gain import FLOOR_DB, db_to_gain, gain_to_db
from dsp.kernel import plain, summing_kernel

REACH: Final = 48
"""Frames on either side of a point that its interpolation looks at."""
TAPS: Final = 2 * REACH
MARGIN: Final = TAPS + 1
"""Frames that must be known beside those whose peak is sought: 48 before, 49 after."""
STRETCH: Final = 32
"""Frames that share one decision whether their points are worth computing."""
OFFLINE_FRAMES: Final = 16_384


class _Ladder(NamedTuple):
    """The points between two samples, and what bounds them."""

    half: NDArray[np.float32]
    """float32 [TAPS]: the point half way."""
    others: NDArray[np.float32]
    """float32 [oversampling - 2, TAPS]: the rest."""
    near: float
    """A point is at most `near` times the highest of the half points and samples within one frame,"""
    far: float
    """plus `far` times the highest sample within REACH."""


def _sinc(reach: int, beta: float, distance: NDArray[np.float64]) -> NDArray[np.float64]:
    """The Kaiser-windowed sinc that ends at +-reach."""
    window = np.i0(beta * np.sqrt(np.maximum(0.0, 1.0 - (distance / reach) ** 2))) / np.i0(beta)
    return np.asarray(np.sinc(distance) * window * (np.abs(distance) < reach))


@cache
def _ladder(oversampling: int) -> _Ladder:
    """The interpolation and its bound.

    The bound: from the samples at twice the rate, four taps interpolate nearly what 96 do from the samples themselves. The four taps'
    sum of magnitudes is `near`; the sum of magnitudes of what they get wrong is `far`. Both are exact, so is their sum's claim.
    """
    frames = np.arange(-REACH + 1, REACH + 1)
    phases = np.arange(1, oversampling) / oversampling
    taps = _sinc(REACH, 9.0, phases[:, None] - frames)
    half = taps[oversampling // 2 - 1]
    near = far = 0.0
    for phase, wanted in zip(phases, taps, strict=True):
        base = 2.0 * phase // 1.0
        short = np.zeros(TAPS + 2)
        quick = _sinc(2, 3.0, 2.0 * phase - (base + np.arange(-1, 3)))
        for doubled, tap in zip(range(int(base) - 1, int(base) + 3), quick, strict=True):
            frame = doubled // 2
            if doubled % 2:
                short[1 + frame : 1 + frame + TAPS] += tap * half
            else:
                short[REACH + frame] += tap
        short[1:-1] -= wanted
        near, far = max(near, float(np.abs(quick).sum())), max(far, float(np.abs(short).sum()))
    others = np.delete(taps, oversampling // 2 - 1, axis=0)
    return _Ladder(half.astype(np.float32), np.ascontiguousarray(others, np.float32), near, far)


class TruePeakJudge:
    """Hears a stream block by block, after silence, and keeps its highest true peak.

    The reading is exact if it is `floor_dbtp` or more; a lower one may be too low by up to 3 dB, and costs less.
    """

    def __init__(self, oversampling: int = 16, floor_dbtp: float = -1.5) -> None:
        if oversampling not in (4, 8, 16):
            raise ValueError(f"oversampling {oversampling} is not 4, 8 or 16")
        self._ladder = _ladder(oversampling)
        self._floor = db_to_gain(floor_dbtp)
        self._past = np.zeros((CHANNELS, MARGIN), np.float32)
        self._highest = 0.0

    def feed(self, block: Samples) -> None:
        """Hears the next frames. Points of the last 49 frames are judged when the frames after them are known."""
        known = np.concatenate((self._past, plain(block)), axis=1)
        self._past = known[:, -MARGIN:].copy()
        half, others, near, far = self._ladder
        self._highest = _highest(known, half, others, near, far, self._floor, self._highest)

    @property
    def dbtp(self) -> float:
        """The highest so far; -120 for silence. Nothing is assumed of what follows: a cut is not a peak."""
        return gain_to_db(self._highest)


def true_peak_dbtp(samples: Samples, oversampling: int = 4) -> float:
    """The true peak of a whole piece between silence and silence, in dBTP; -120 for silence. `oversampling` is 4, 8 or 16."""
    judge = TruePeakJudge(oversampling, FLOOR_DB)
    for start in range(0, samples.shape[1], OFFLINE_FRAMES):
        judge.feed(samples[:, start : start + OFFLINE_FRAMES])
    judge.feed(np.zeros((CHANNELS, MARGIN), np.float32))
    return judge.dbtp


@summing_kernel
def _highest(
    known: Samples,
    half: NDArray[np.float32],
    others: NDArray[np.float32],
    near: float,
    far: float,
    floor: float,
    highest: float,
) -> float:
    """The highest magnitude of the points of `known`, or `highest` if that is higher. Frame f of the peak stands at known[:, f + 48]."""
    frames = known.shape[1] - MARGIN
    halves = np.empty(frames + 2, np.float32)
    for channel in range(known.shape[0]):
        sound = known[channel]
        widest = np.float32(0.0)
        for frame in range(sound.shape[0]):
            widest = max(widest, abs(sound[frame]))
        for frame in range(frames + 2):
            point = np.float32(0.0)
            for tap in range(TAPS):
                point += half[tap] * sound[frame + tap]
            halves[frame] = abs(point)
        for start in range(0, frames, STRETCH):
            end = min(start + STRETCH, frames)
            local = np.float32(0.0)
            for frame in range(start, end + 2):
                local = max(local, max(halves[frame], abs(sound[frame + REACH - 1])))
            highest = max(highest, float(local))
            if near * local + far * widest <= max(highest, floor):
                continue
            for row in range(others.shape[0]):
                highest = max(highest, _highest_point(sound[start + 1 : end + TAPS], others[row]))
    return highest


@summing_kernel
def _highest_point(sound: NDArray[np.float32], taps: NDArray[np.float32]) -> float:
    """The highest magnitude of `sound` filtered by `taps`, where they overlap wholly."""
    highest = np.float32(0.0)
    for frame in range(sound.shape[0] - TAPS + 1):
        point = np.float32(0.0)
        for tap in range(TAPS):
            point += taps[tap] * sound[frame + tap]
        highest = max(highest, abs(point))
    return float(highest)
