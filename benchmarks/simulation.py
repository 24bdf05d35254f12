"""`sonicforge simulate`, run as a stranger would and read from its JSON: a day without encoders, two hours with all of them.

Both are shortened unless SONICFORGE_BENCH_FULL is set; each row's note names the command that runs it in full.
"""

import asyncio
import json
import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from benchmarks import station
from benchmarks.measurement import Measurement
from benchmarks.processes import last_lines, running
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress

FULL: Final = "SONICFORGE_BENCH_FULL"
SLOWEST: Final = 4.0
"""Times real time under which a run is given up."""


@dataclass(frozen=True, slots=True)
class Run:
    """One simulation and the figures of it that are promised."""

    full: str
    """What follows `sonicforge simulate`; the first figure in it is the hours."""
    short: str
    bars: dict[str, Bar]
    """By the name that `simulate` gives the figure."""

    @property
    def taken(self) -> str:
        """What is run here and now."""
        return self.full if os.environ.get(FULL) else self.short


def _bars(title: str, *own: tuple[str, Bar]) -> dict[str, Bar]:
    return {
        "first_sound_ms": Bar(f"{title}: first sound", "ms", most=500),
        "gaps": Bar(f"{title}: gaps", "gaps", most=0),
        "clicks": Bar(f"{title}: clicks", "clicks", most=0),
        "playlist_violations": Bar(f"{title}: playlist violations", "violations", most=0),
        "true_peak_dbtp": Bar(f"{title}: true peak", "dBTP", most=-1.0),
        "loudness_error_lu": Bar(f"{title}: loudness off target", "LU", least=-0.5, most=0.5),
        "times_real_time_per_core": Bar(f"{title}: speed on one core", "x", least=6),
        **dict(own),
    }


DAY: Final = Run(
    "--hours 24 --encoders none",
    "--hours 4 --encoders none",
    _bars(
        "simulate, no encoders",
        ("times_real_time", Bar("simulate, no encoders: speed", "x real time", least=40)),
        ("memory_slope_mb_per_hour", Bar("simulate, no encoders: memory slope", "MB/h", most=1)),
    ),
)
ENCODED: Final = Run(
    "--hours 2 --encoders all",
    "--hours 0.5 --tracks short --encoders all",
    _bars("simulate, all encoders", ("hls_drift_frames", Bar("simulate, all encoders: HLS drift", "frames", most=0))),
)


async def measure(run: Run) -> list[Row]:
    """Runs the simulation; a row for each of its bars."""
    taken = run.taken
    progress(f"simulate {taken}")
    with station.scratch() as folder:
        log = folder / "simulate.log"
        command = [sys.executable, "-m", "sonicforge", "simulate", *taken.split(), "--json"]
        async with running(command, log, station.environment(folder, 1, {}), folder) as process, asyncio.timeout(_longest_seconds(taken)):
            await asyncio.to_thread(process.wait)
        told = figures(log)
    note = f"simulate {taken}" if taken == run.full else f"{taken} only; in full: simulate {run.full}, or {FULL}=1"
    return [bar.row(told[key], note=note) for key, bar in run.bars.items()]


def figures(log: Path) -> dict[str, float]:
    """What `simulate --json` said, among its words; raises Unmeasured where it said nothing."""
    for line in log.read_text().splitlines():
        if line.startswith("{"):
            told: dict[str, float] = json.loads(line)
            return told
    raise Unmeasured(f"simulate gave no figures; it said: {last_lines(log)}")


def _longest_seconds(order: str) -> float:
    return 600 + float(order.split()[1]) * 3600 / SLOWEST


MEASUREMENTS: Final = tuple(
    Measurement(tuple(run.bars.values()), partial(measure, run), _longest_seconds(run.full)) for run in (DAY, ENCODED)
)
