"""What hearing a track costs: every result that is kept of three minutes, the fingerprint among them, on one core."""

import asyncio
import time
from typing import Final

import numpy as np

from benchmarks import tracks
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress
from dsp.block import Samples
from server.ears import chromaprint
from server.ears.ears import Ears

PIECES: Final = (0, 4, 1)
"""Dense; as dense as a loud record; raw and quiet."""
SECONDS: Final = 180.0
TURNS: Final = 3

CPU: Final = Bar("ears: CPU for all that is heard of a three-minute track", "s", most=2.5)


def _track(number: int, seconds: float) -> Samples:
    return np.ascontiguousarray(tracks.piece(number, seconds).T, np.float32)


def _measure() -> list[Row]:
    ears = Ears()
    ears.listen(_track(PIECES[0], 15.0))  # kernels are compiled at their first call
    costs = []
    for number in PIECES:
        progress(f"ears: cost of piece {number}")
        sound = _track(number, SECONDS)
        turns = []
        for _ in range(TURNS):
            before = time.process_time()
            ears.listen(sound)
            turns.append(time.process_time() - before)
        costs.append(min(turns))
    each = ", ".join(f"{cost:.2f}" for cost in costs)
    printed = "" if chromaprint.available() else f"; without a fingerprint, for there is no libchromaprint: {chromaprint.ADVICE}"
    note = f"best of {TURNS} turns each: {each} s; CPU of the whole process, whatever threads its libraries start{printed}"
    return [CPU.row(max(costs), note=note, valid=chromaprint.available())]


async def measure() -> list[Row]:
    """In a thread, as a worker hears."""
    return await asyncio.to_thread(_measure)


MEASUREMENT: Final = Measurement((CPU,), measure, 240.0)
