"""What the parts cost on one core: mastering, the encoders of every rendition, the procedural composer.

Measured in this process by its CPU time, so a busy machine changes it little; every kernel is compiled before.
"""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Final

import numpy as np

from benchmarks import tracks
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress
from dsp.block import BLOCK_FRAMES, Samples, seconds_of
from dsp.mastering import Mastering
from generation.brief import GENRES, Brief
from generation.procedural.composer import ProceduralComposer
from server.clock import PART_FRAMES
from server.encoding.encoder import Encoder
from server.encoding.ladder import LADDER, Recipe

PIECE: Final = 4
PIECE_SECONDS: Final = 60.0
BRIEF_SECONDS: Final = 150.0

MASTERING: Final = Bar("mastering: CPU for a second of sound", "s", most=0.02)
ENCODERS: Final = Bar("all encoders: CPU for a second of sound", "s", most=0.10)
COMPOSER: Final = Bar("procedural composer: times real time", "x", least=20)


def _sound() -> Samples:
    """A piece as dense as a loud record, float32 [2, frames]."""
    return np.ascontiguousarray(tracks.piece(PIECE, PIECE_SECONDS).T.astype(np.float32))


def _mastering() -> Row:
    sound = _sound()

    def master() -> None:
        mastering = Mastering()
        for start in range(0, sound.shape[1], BLOCK_FRAMES):
            mastering.process(sound[:, start : start + BLOCK_FRAMES])

    master()
    return MASTERING.row(_cpu_seconds(master) / seconds_of(sound.shape[1]), note="the whole chain in the radio preset, and its meters")


def _encoders() -> Row:
    sound = _sound()
    costs = {recipe.name: _cpu_seconds(partial(_encode, recipe, sound)) / seconds_of(sound.shape[1]) for recipe in LADDER}
    return ENCODERS.row(sum(costs.values()), note=", ".join(f"{name} {cost:.4f}" for name, cost in costs.items()))


def _encode(recipe: Recipe, sound: Samples) -> None:
    encoder = Encoder(recipe, 0)
    for start in range(0, sound.shape[1], PART_FRAMES):
        encoder.feed(sound[:, start : start + PART_FRAMES])


def _composer() -> Row:
    composer = ProceduralComposer()
    speeds = {}
    for seed, genre in enumerate(GENRES):
        composer.make(Brief(genre, seed, 30.0))
        took = time.thread_time()
        take = composer.make(Brief(genre, seed + 100, BRIEF_SECONDS))
        speeds[genre] = take.seconds / (time.thread_time() - took)
    note = "the slowest genre; " + ", ".join(f"{genre} {speed:.0f}x" for genre, speed in speeds.items())
    return COMPOSER.row(min(speeds.values()), note=note)


def _cpu_seconds(work: Callable[[], None]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def _measurement(bar: Bar, measure: Callable[[], Row]) -> Measurement:
    """Off the loop, since each of them keeps its thread busy."""

    async def rows() -> list[Row]:
        progress(bar.name)
        return [await asyncio.to_thread(measure)]

    return Measurement((bar,), rows, 120.0)


MEASUREMENTS: Final = (_measurement(MASTERING, _mastering), _measurement(ENCODERS, _encoders), _measurement(COMPOSER, _composer))
