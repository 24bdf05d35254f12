"""The critic: what hearing a track costs, whether planted faults get past him, and whether he lets honest takes pass.

SONICFORGE_BENCH_FULL=1 asks of whole tracks and of twenty seeds a genre.
"""

import asyncio
import os
import time
from collections import Counter
from typing import Final

from benchmarks.measurement import Measurement
from benchmarks.planted_faults import FAULTS
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress
from generation.brief import GENRES, Brief
from generation.critic.critic import judge
from generation.procedural.composer import ProceduralComposer
from generation.take import Take

FULL: Final = bool(os.environ.get("SONICFORGE_BENCH_FULL"))
SEEDS: Final = range(1, 21 if FULL else 6)
SECONDS: Final = 180.0 if FULL else 60.0
SPOILT: Final = ("house", "ambient", "lo-fi")
"""Genres of whose takes every fault is planted in one."""
TURNS: Final = 3

CPU: Final = Bar("critic: CPU for a track of 3 minutes", "s", most=2.0)
FAULTY: Final = Bar("critic: takes with a planted fault that he lets pass", "takes", most=0.0)
HONEST: Final = Bar("critic: honest takes that he accepts", "%", least=95.0)


async def measure() -> list[Row]:
    """In a thread, since nothing here waits."""
    return await asyncio.to_thread(_measure)


def _measure() -> list[Row]:
    composer = ProceduralComposer()
    progress("critic: cost")
    long = composer.make(Brief("techno", 1, 180.0))
    judge(long)
    costs = [_cpu_seconds(long) for _ in range(TURNS)]
    return [
        CPU.row(min(costs), note=f"one thread, best of {TURNS}; " + ", ".join(f"{cost:.2f}" for cost in costs)),
        _faulty(composer),
        _honest(composer),
    ]


def _cpu_seconds(take: Take) -> float:
    began = time.process_time()
    judge(take)
    return time.process_time() - began


def _faulty(composer: ProceduralComposer) -> Row:
    passed, named = [], Counter[str]()
    for genre in SPOILT:
        take = composer.make(Brief(genre, 1, 60.0))
        for name, plant in FAULTS.items():
            verdict = judge(plant(take))
            named.update(verdict.faults.keys())
            if verdict.accepted:
                passed.append(f"{name} in {genre}")
    told = "; ".join(passed) or f"{', '.join(FAULTS)}, each in {', '.join(SPOILT)}"
    return FAULTY.row(float(len(passed)), note=f"{told}; refused by {', '.join(name for name, _ in named.most_common())}")


def _honest(composer: ProceduralComposer) -> Row:
    refused, scores = [], []
    for genre in GENRES:
        progress(f"critic: {len(SEEDS)} takes of {genre}")
        for seed in SEEDS:
            verdict = judge(composer.make(Brief(genre, seed, SECONDS)))
            scores.append(verdict.score)
            if not verdict.accepted:
                refused.append(f"{genre} {seed}: {', '.join(verdict.reasons)}")
    share = 100.0 * (1.0 - len(refused) / len(scores))
    scale = f"{len(scores)} takes of {SECONDS:.0f} s, scores {min(scores):.0f} to {max(scores):.0f}"
    return HONEST.row(share, note="; ".join([scale, *refused]))


MEASUREMENT: Final = Measurement((CPU, FAULTY, HONEST), measure, 7200.0 if FULL else 1800.0)
