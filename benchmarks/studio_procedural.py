"""The procedural composer: how fast on one core, in how much memory, and whether equal briefs are equal samples in another process.

Each style has a process of its own, so that its memory is its own; the first of all compiles the kernels and is not measured.
"""

import asyncio
import hashlib
import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final

import numba
import numpy as np

from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress
from generation.brief import GENRES, SHORTEST_SECONDS, Brief
from generation.procedural.spec import specify
from generation.procedural.styles import STYLES

SECONDS: Final = 180.0
_LONGEST_SECONDS: Final = 600.0
"""One process; 10 s where the machine is free, but it is CPU time that counts."""

SPEEDS: Final = {genre: Bar(f"procedural {genre}, 3 minutes, one core: its slowest style", "x real time", least=25.0) for genre in GENRES}
MEMORY: Final = Bar("procedural, 3 minutes stereo: highest RSS of any style", "MB", most=400.0)
EQUAL: Final = Bar("procedural: styles whose samples differ in another process", "styles", most=0.0)


@dataclass(frozen=True, slots=True)
class Made:
    """What one process tells of its take."""

    style: str
    times_real_time: float
    rss_mb: float
    sha256: str
    short_sha256: str
    """Of a take of the shortest length, which it makes first."""


def briefs() -> dict[tuple[str, str], int]:
    """(genre, style) -> the first seed that chooses it."""
    found: dict[tuple[str, str], int] = {}
    for genre in GENRES:
        missing = {style.name for style in STYLES[genre]}
        for seed in count(1):
            name = specify(Brief(genre, seed, SECONDS)).style.name
            if name in missing:
                missing.remove(name)
                found[genre, name] = seed
            if not missing:
                break
    return found


async def make(genre: str, seed: int, seconds: float) -> Made:
    """In a process of its own, after a short take that loads the kernels. Raises Unmeasured if that fails."""
    words = (sys.executable, "-m", "benchmarks.studio_procedural", genre, str(seed), str(seconds))
    process = await asyncio.create_subprocess_exec(
        *words, cwd=Path(__file__).parents[1], stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    try:
        async with asyncio.timeout(_LONGEST_SECONDS):
            told, complaint = await process.communicate()
    except TimeoutError as error:
        raise Unmeasured(f"{genre}, seed {seed}: no take within {_LONGEST_SECONDS:.0f} s") from error
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    if process.returncode:
        raise Unmeasured(f"{genre}, seed {seed}: {complaint.decode(errors='replace').strip().splitlines()[-1:]}")
    return Made(**json.loads(told))


async def measure() -> list[Row]:
    """All styles, one after the other."""
    progress("procedural: kernels")
    for genre in ("house", "ambient", "lo-fi"):
        await make(genre, 1, SHORTEST_SECONDS)
    made: dict[tuple[str, str], Made] = {}
    differ: list[str] = []
    for (genre, style), seed in briefs().items():
        progress(f"procedural: {genre}, {style}")
        made[genre, style] = await make(genre, seed, SECONDS)
        if (await make(genre, seed, SHORTEST_SECONDS)).short_sha256 != made[genre, style].short_sha256:
            differ.append(f"{genre}, {style}")
    return [*_speeds(made), _memory(made.values()), _equal(made, differ)]


def _speeds(made: dict[tuple[str, str], Made]) -> Iterable[Row]:
    for genre, bar in SPEEDS.items():
        of_genre = [one for (of, _), one in made.items() if of == genre]
        each = ", ".join(f"{one.style} {one.times_real_time:.1f} ({one.rss_mb:.0f} MB)" for one in of_genre)
        yield bar.row(min(one.times_real_time for one in of_genre), note=f"by CPU time: {each}")


def _memory(made: Iterable[Made]) -> Row:
    most = max(made, key=lambda one: one.rss_mb)
    return MEMORY.row(most.rss_mb, note=f"{most.style}; ru_maxrss of a process that makes nothing else")


def _equal(made: dict[tuple[str, str], Made], differ: list[str]) -> Row:
    together = hashlib.sha256("".join(one.sha256 for one in made.values()).encode()).hexdigest()[:16]
    libraries = f"numpy {np.__version__}, numba {numba.__version__}"
    note = f"{len(made)} styles, {SHORTEST_SECONDS:.0f} s of each; {libraries}; the takes of {SECONDS:.0f} s together: {together}"
    return EQUAL.row(float(len(differ)), note=f"{'; '.join(differ)}: {note}" if differ else note, valid=bool(made))


MEASUREMENT: Final = Measurement((*SPEEDS.values(), MEMORY, EQUAL), measure, 3600.0)


def _child(genre: str, seed: int, seconds: float) -> None:
    """Makes the take and tells of it as JSON. A short one before it loads the kernels, which is not the take's work."""
    import resource
    import time

    from generation.procedural.composer import ProceduralComposer

    composer = ProceduralComposer()
    short = hashlib.sha256(composer.make(Brief(genre, seed, SHORTEST_SECONDS)).samples.data).hexdigest()
    began = time.process_time()
    take = composer.make(Brief(genre, seed, seconds))
    cpu_seconds = time.process_time() - began
    told = {
        "style": take.provenance["style"],
        "times_real_time": take.seconds / cpu_seconds,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
        "sha256": hashlib.sha256(take.samples.data).hexdigest(),
        "short_sha256": short,
    }
    print(json.dumps(told))


if __name__ == "__main__":
    _child(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
