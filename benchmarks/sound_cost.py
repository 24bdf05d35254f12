"""Item 13 of the fifteen: what the chain costs, block by block, and how late it makes the sound."""

import asyncio
import gc
import time
from typing import Final

import numpy as np

from benchmarks import tracks
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress
from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, seconds_of
from dsp.mastering import Mastering
from dsp.presets import PRESETS

PIECES: Final = (4, 0, 1)
"""As dense as a loud record; dense; raw and quiet."""
PIECE_SECONDS: Final = 40.0
TURNS: Final = 3

CPU: Final = Bar("fifteen 13 chain, the dearest preset: CPU for a second of sound", "core", most=0.02)
BLOCK: Final = Bar("fifteen 13 chain: one block, 99th percentile of its CPU time", "ms", most=2.0)
LATENCY: Final = Bar("fifteen 13 chain: latency", "ms", most=10.0)


def _measure() -> list[Row]:
    sound = np.concatenate([tracks.piece(number, PIECE_SECONDS) for number in PIECES]).T.astype(np.float32)
    blocks = [np.ascontiguousarray(sound[:, at : at + BLOCK_FRAMES]) for at in range(0, sound.shape[1] - BLOCK_FRAMES + 1, BLOCK_FRAMES)]
    costs, percentiles, walls = {}, {}, {}
    gc.collect()
    gc.disable()
    try:
        for name, preset in PRESETS.items():
            progress(f"cost of {name}")
            turns = []
            for _ in range(TURNS):
                mastering = Mastering(preset.settings)
                times = np.empty((2, len(blocks)))
                began = time.thread_time()
                for number, block in enumerate(blocks):
                    before = time.perf_counter(), time.thread_time()
                    mastering.process(block)
                    times[:, number] = time.perf_counter() - before[0], time.thread_time() - before[1]
                wall, cpu = np.percentile(times, 99, axis=1)
                turns.append((time.thread_time() - began, float(cpu), float(wall)))
            costs[name], percentiles[name], walls[name] = (min(turn[place] for turn in turns) for place in range(3))
    finally:
        gc.enable()
    length = seconds_of(len(blocks) * BLOCK_FRAMES)
    late = 1000.0 * Mastering().latency_frames / SAMPLE_RATE
    each = ", ".join(f"{name} {cost / length:.4f}" for name, cost in costs.items())
    return [
        CPU.row(max(costs.values()) / length, note=f"one thread, best of {TURNS} turns; {each}"),
        BLOCK.row(1000.0 * max(percentiles.values()), note=f"20 ms of sound; {1000.0 * max(walls.values()):.2f} ms by the wall"),
        LATENCY.row(late),
    ]


async def measure() -> list[Row]:
    """In a thread, as the station masters; without the collector of garbage, which is nobody's block."""
    return await asyncio.to_thread(_measure)


MEASUREMENT: Final = Measurement((CPU, BLOCK, LATENCY), measure, 300.0)
