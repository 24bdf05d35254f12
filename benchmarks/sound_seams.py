"""Item 9 of the fifteen: two sounds that change places, by the segue's own arithmetic. Whole segues on air are judged by sound_segues.py.

The level is that of 400 ms windows against what both sounds have apart, for pairs that have nothing, half and everything in common.
"""

import asyncio
from typing import Final

import numpy as np
from scipy.ndimage import uniform_filter1d

from benchmarks import tracks
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from dsp.blend import levelling
from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.segue import falling, rising

OVERLAPS_SECONDS: Final = (2.0, 6.0, 12.0)
AROUND_SECONDS: Final = 4.0
WINDOW_FRAMES: Final = frames_of(0.4)
COMMON: Final = (0.0, 0.5, 1.0)
RECORDS: Final = 5
OWN_STEP: Final = 0.9999

DIP: Final = Bar("fifteen 09 crossfade: level off, pairs with nothing, half and all in common", "dB", most=0.5)
STEP: Final = Bar("fifteen 09 crossfade: step at its seams beside the record's own 99.99 % step", "x", most=1.0)


def crossfaded(leaving: Samples, coming: Samples, overlap: int) -> Samples:
    """The end of one under the beginning of the other, what is before and behind it included."""
    ours = leaving[:, -overlap:] * falling(overlap, 0, overlap)
    theirs = coming[:, :overlap] * rising(overlap, 0, overlap)
    middle = (ours + theirs) * levelling(ours, theirs)
    return np.concatenate((leaving[:, :-overlap], middle, coming[:, overlap:]), axis=1)


def level_off_db(common: float, overlap_seconds: float, seed: int = 0) -> float:
    """How far the level strays, of noise as steady as noise can be."""
    random = np.random.default_rng(seed)
    overlap, around = frames_of(overlap_seconds), frames_of(AROUND_SECONDS)
    shared, one, other = random.standard_normal((3, 2, overlap + around)) * 0.1
    own = np.sqrt(1.0 - common)
    leaving, coming = own * one, own * other
    leaving[:, -overlap:] += np.sqrt(common) * shared[:, :overlap]
    coming[:, :overlap] += np.sqrt(common) * shared[:, :overlap]
    leaving[:, :-overlap] += np.sqrt(common) * shared[:, overlap:]
    coming[:, overlap:] += np.sqrt(common) * shared[:, overlap:]
    made = crossfaded(leaving.astype(np.float32), coming.astype(np.float32), overlap)
    power = uniform_filter1d(np.square(made, dtype=np.float64).sum(axis=0), WINDOW_FRAMES)[WINDOW_FRAMES:-WINDOW_FRAMES]
    return float(np.abs(10.0 * np.log10(power / 0.02)).max())


def step_at_seams(leaving: Samples, coming: Samples, overlap: int) -> float:
    """The highest step at the first and the last frame of the overlap, beside what the two records do by themselves."""
    made = crossfaded(leaving, coming, overlap).astype(np.float64)
    steps = np.abs(np.diff(made, axis=1)).max(axis=0)
    first = leaving.shape[1] - overlap
    own = np.quantile(steps, OWN_STEP)
    return float(max(steps[first - 1], steps[first + overlap - 1]) / own)


def _measure() -> list[Row]:
    off = {(common, seconds): level_off_db(common, seconds) for common in COMMON for seconds in OVERLAPS_SECONDS}
    worst = {common: max(off[common, seconds] for seconds in OVERLAPS_SECONDS) for common in COMMON}
    records = [tracks.piece(number, 40.0).T.astype(np.float32)[:, SAMPLE_RATE : -5 * SAMPLE_RATE] for number in range(RECORDS)]
    steps = [
        step_at_seams(records[number - 1], records[number], frames_of(seconds)) for number in range(RECORDS) for seconds in OVERLAPS_SECONDS
    ]
    note = ", ".join(f"{common:.0%} {value:.2f}" for common, value in worst.items())
    return [
        DIP.row(max(worst.values()), note=f"in common: {note}; overlaps of 2, 6 and 12 s; the noise itself strays by {_own_db():.2f}"),
        STEP.row(max(steps), note=f"{len(steps)} crossfades of records"),
    ]


def _own_db() -> float:
    """How far the level of such noise strays with no crossfade at all."""
    noise = np.random.default_rng(1).standard_normal((2, frames_of(2.0 * AROUND_SECONDS))) * 0.1
    power = uniform_filter1d(np.square(noise).sum(axis=0), WINDOW_FRAMES)[WINDOW_FRAMES:-WINDOW_FRAMES]
    return float(np.abs(10.0 * np.log10(power / 0.02)).max())


async def measure() -> list[Row]:
    """In a thread."""
    return await asyncio.to_thread(_measure)


MEASUREMENT: Final = Measurement((DIP, STEP), measure, 120.0)
