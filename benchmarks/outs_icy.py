"""Listeners of the endless HTTP streams beside Icecast's: the same sound, the same listeners, one core for each server.

Both serve our AAC stream of 128 kbit/s; Icecast gets it by a relay. The server lies on the first core, everybody else on the second.
CPU per listener is the slope between few and many, so what a server does without listeners does not count.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from benchmarks import icecast, station
from benchmarks.measurement import Measurement
from benchmarks.processes import Process, family, running
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, program, progress

FEW: Final = 100
MANY: Final = 2_000
MOST: Final = 5_000
WINDOW_SECONDS: Final = 20.0
CONNECTED_SECONDS: Final = 90.0

COST: Final = Bar("endless streams, 128 kbit/s: CPU per 1,000 listeners beside Icecast's", "x Icecast", most=1.1)
GAPS: Final = Bar(f"endless streams: {MOST:,} listeners on one core: gaps", "gaps", most=0)


@dataclass(frozen=True, slots=True)
class Load:
    """What so many listeners cost and heard."""

    listeners: int
    cores: float
    told: dict[str, float]


async def measure() -> list[Row]:
    """Ours first, then Icecast, fed by ours."""
    if len(os.sched_getaffinity(0)) < 2:
        raise Unmeasured("this needs two cores: one for the server, one for the listeners")
    server_core, other_core = sorted(os.sched_getaffinity(0))[:2]
    with station.scratch() as folder:
        settings = {"STUDIO__ENABLED": "false", "ICY__MAX_LISTENERS": "10000", "AIRCHECK__PROGRAMME": "false"}
        async with station.on_air(folder, **settings, SERVER__MAX_CONNECTIONS_PER_ADDRESS="20000") as ours:
            for processes in ours.crew().values():
                _pin(processes, other_core)
            front = ours.the("front")
            _pin([front], server_core)
            progress("endless streams: ours")
            few, many, most = [await _load([front], ours.port, "/listen/main/radio.aac", count, other_core) for count in (FEW, MANY, MOST)]
            async with icecast.serving(folder) as peer, _relayed(ours.port, peer.port, folder, other_core):
                theirs = family(peer.process.pid)
                _pin(theirs, server_core)
                progress("endless streams: Icecast")
                their_few, their_many = [await _load(theirs, peer.port, "/radio.aac", count, other_core) for count in (FEW, MANY)]
    our_slope, their_slope = _slope(few, many), _slope(their_few, their_many)
    if their_slope <= 0:
        raise Unmeasured("Icecast's CPU could not be told from nothing")
    note = f"ours {our_slope:.3f}, Icecast {their_slope:.3f} of a core per 1,000; {MOST:,} took {most.cores:.2f} of a core"
    whole = most.told["listeners"] == MOST and not most.told["ended"]
    heard = f"longest wait {most.told['longest_seconds']:.2f} s; {most.told['ended']:.0f} connections ended"
    return [COST.row(our_slope / their_slope, note=note), GAPS.row(most.told["gaps"], note=heard, valid=whole)]


def _slope(few: Load, many: Load) -> float:
    """Cores per 1,000 listeners."""
    return 1_000 * (many.cores - few.cores) / (many.listeners - few.listeners)


async def _load(server: Iterable[Process], port: int, path: str, count: int, core: int) -> Load:
    """Lets `count` listen for a window."""
    async with _drinkers(port, path, count, core) as drinkers:
        await _told(drinkers)  # what connecting cost is over
        began, before = time.monotonic(), sum(process.cpu_seconds() for process in server)
        await asyncio.sleep(WINDOW_SECONDS)
        spent = sum(process.cpu_seconds() for process in server) - before
        return Load(count, spent / (time.monotonic() - began), await _told(drinkers))


async def _told(drinkers: asyncio.subprocess.Process) -> dict[str, Any]:
    assert drinkers.stdin is not None
    assert drinkers.stdout is not None
    drinkers.stdin.write(b"tell\n")
    async with asyncio.timeout(30):
        told: dict[str, Any] = json.loads(await drinkers.stdout.readline())
    return told


@asynccontextmanager
async def _drinkers(port: int, path: str, count: int, core: int) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "benchmarks.drinkers", str(port), path, str(count), str(core)]
    process = await asyncio.create_subprocess_exec(
        *command, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, cwd=station.HOUSE, limit=2**20
    )
    try:
        assert process.stdout is not None
        async with asyncio.timeout(CONNECTED_SECONDS):
            said = (await process.stdout.readline()).decode().strip()
        if said != "ready":
            raise Unmeasured(f"listeners of {path}: {said or 'they ended'}")
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


@asynccontextmanager
async def _relayed(ours: int, theirs: int, folder: Path, core: int) -> AsyncIterator[None]:
    """Our stream, byte for byte, as Icecast's source."""
    command: list[str | Path] = [program("ffmpeg"), "-v", "error", "-i", f"http://127.0.0.1:{ours}/listen/main/radio.aac", "-c", "copy"]
    command += ["-f", "adts", "-content_type", "audio/aac", f"icecast://source:{icecast.PASSWORD}@127.0.0.1:{theirs}/radio.aac"]
    async with running(command, folder / "relay.log") as relay:
        _pin(family(relay.pid), core)
        await asyncio.sleep(5.0)  # the mount appears with the first sound
        yield


def _pin(processes: Iterable[Process], core: int) -> None:
    """Every thread of them, and all that they will start."""
    for process in processes:
        for task in Path(f"/proc/{process.pid}/task").iterdir():
            with suppress(OSError):
                os.sched_setaffinity(int(task.name), {core})


MEASUREMENT: Final = Measurement((COST, GAPS), measure, 600)
