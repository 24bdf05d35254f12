"""Four RTMP targets at once: a good one, one that is silent after TCP, one that refuses, one that reads ten kilobits a second.

The good one is nginx with its RTMP module, which records. It is killed in the middle and comes back after three seconds. Whoever listens
elsewhere must not notice anything of all this.
"""

import asyncio
import json
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from aiohttp import ClientSession, ClientTimeout

from benchmarks import station
from benchmarks.hls import HlsListener
from benchmarks.listeners import Listener
from benchmarks.measurement import Measurement
from benchmarks.processes import free_port
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, program, progress
from benchmarks.visitor import visitor

if TYPE_CHECKING:
    from tests.server.rtmp.nginx import Nginx

STEADY_SECONDS: Final = 30.0
AWAY_SECONDS: Final = 3.0
AFTER_SECONDS: Final = 12.0
LIVE_SECONDS: Final = 60.0
LONGEST_STEP_SECONDS: Final = 0.05
"""Between two pictures, or two packets of sound: 33 and 21 ms apart, and rounded to milliseconds."""
FLOWING_BYTES: Final = 50_000
TARGETS: Final = "/api/v1/stations/main/targets"

GAPS: Final = Bar("RTMP, four targets: gaps of the good one", "gaps", most=0)
OTHERS: Final = Bar("RTMP, four targets: gaps of HLS and MP3 meanwhile", "gaps", most=0)
LAG: Final = Bar("RTMP, four targets: worst lag of the pusher's event loop", "ms", most=50)
BACK: Final = Bar(f"RTMP, server killed for {AWAY_SECONDS:g} s: recording again after it is back", "s", most=2)
FAULTS: Final = Bar("RTMP, recordings: faults that ffmpeg finds", "faults", most=0)


@dataclass(slots=True)
class Run:
    """What was seen."""

    back_seconds: float = float("inf")
    worst_lag_seconds: float = 0.0
    states: dict[str, str] = field(default_factory=dict)
    """How each target stood before the kill."""
    reconnects: int = 0
    """Of the good one, before the kill."""


async def measure() -> list[Row]:
    """One station, all of it at the same time."""
    for name in ("nginx", "ffmpeg", "ffprobe"):
        program(name)
    try:
        from tests.server.rtmp.bad_servers import bad_server, silent, slow
        from tests.server.rtmp.nginx import running_nginx
    except ImportError as error:
        raise Unmeasured(f"the servers are those of tests/server/rtmp: {error}; pip install --editable '.[test]'") from error
    with station.scratch() as folder, running_nginx(folder) as nginx:
        async with (
            bad_server(silent) as mute,
            bad_server(slow) as narrow,
            station.on_air(folder, RTMP__PRIVATE_TARGETS="true", AIRCHECK__PROGRAMME="false") as ours,
            HlsListener(f"{ours.address}/hls/main/live.m3u8").listening() as hls,
            Listener(ours.port, "/listen/main/radio.mp3", station.MP3_BYTES_A_SECOND).listening() as icy,
        ):
            await icy.heard(10)
            addresses = {"good": nginx.address, "silent": mute, "refusing": f"rtmp://127.0.0.1:{free_port()}/app", "slow": narrow}
            async with _published(ours, addresses) as session:
                seen = await _watch(ours, session, nginx)
        others = icy.player.gaps + hls.holes + hls.lost
        recordings = nginx.recorded()
        gaps = [gap for recording in recordings for gap in _gaps(recording)]
        faults = [fault for recording in recordings for fault in _faults(recording)]
    whole = len(recordings) == 2 and seen.reconnects == 0
    stood = ", ".join(f"{name} {state}" for name, state in seen.states.items())
    steady = whole and seen.states.get("good") == "live"
    return [
        GAPS.row(len(gaps), note="; ".join([f"{len(recordings)} recordings", stood, *gaps[:4]]), valid=steady),
        OTHERS.row(others, note=f"MP3: {icy.ended or 'to the end'}; HLS: {hls.told()}", valid=icy.ended is None and hls.taken > 0),
        LAG.row(seen.worst_lag_seconds * 1000, valid=seen.worst_lag_seconds > 0),
        BACK.row(seen.back_seconds, valid=whole),
        FAULTS.row(len(faults), note="; ".join(faults[:3]), valid=whole),
    ]


@asynccontextmanager
async def _published(ours: station.Station, addresses: dict[str, str]) -> AsyncIterator[ClientSession]:
    """The targets are there for the length of the block."""
    admin = await visitor(ours, "admin")
    async with ClientSession(ours.address, headers=admin.headers, timeout=ClientTimeout(total=10)) as session:
        for name, address in addresses.items():
            body = {"platform": "custom", "name": name, "address": address, "key": f"key-of-{name}"}
            async with session.post(TARGETS, json=body) as answer:
                if answer.status != 201:
                    raise Unmeasured(f"the target {name} was not taken: {await answer.text()}")
        yield session
        for target in await _targets(session):
            async with session.delete(f"{TARGETS}/{target['id']}"):
                pass


async def _targets(session: ClientSession) -> list[dict[str, Any]]:
    async with session.get(TARGETS) as answer:
        items: list[dict[str, Any]] = (await answer.json())["items"]
        return items


async def _watch(ours: station.Station, session: ClientSession, nginx: "Nginx") -> Run:
    """A steady time, a kill, a return."""
    seen = Run()
    async with asyncio.timeout(LIVE_SECONDS):
        while True:
            if "live" in {target["state"] for target in await _targets(session) if target["name"] == "good"}:
                break
            await asyncio.sleep(0.2)
    progress("RTMP: four targets")
    await asyncio.sleep(10.0)  # what the start of the pictures cost the loop is past
    await _steady(ours, seen, STEADY_SECONDS)
    for target in await _targets(session):
        seen.states[target["name"]] = target["state"]
        if target["name"] == "good":
            seen.reconnects = target["reconnects"]
    progress("RTMP: the server is killed")
    await asyncio.to_thread(nginx.stop, signal.SIGKILL)
    await asyncio.sleep(AWAY_SECONDS)
    await asyncio.to_thread(nginx.start)
    began = time.monotonic()
    while time.monotonic() < began + 20.0:
        recorded = nginx.recorded()
        if len(recorded) > 1 and recorded[-1].stat().st_size > FLOWING_BYTES:
            seen.back_seconds = time.monotonic() - began
            break
        await asyncio.sleep(0.02)
    await _steady(ours, seen, AFTER_SECONDS)
    return seen


async def _steady(ours: station.Station, seen: Run, seconds: float) -> None:
    """Looks once a second at how late the pusher's loop is."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        told = json.loads((ours.state / "run" / "main.pusher.json").read_bytes())
        seen.worst_lag_seconds = max(seen.worst_lag_seconds, told["lag_seconds"])
        await asyncio.sleep(1.0)


def _gaps(recording: Path) -> list[str]:
    """Where pictures or sound do not go on in time."""
    command = [program("ffprobe"), "-v", "error", "-show_entries", "packet=codec_type,pts_time", "-of", "csv=p=0", str(recording)]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    times: dict[str, list[float]] = {"audio": [], "video": []}
    for line in told.stdout.split():
        kind, at = line.split(",")[:2]
        times[kind].append(float(at))
    nothing = [f"no {kind}" for kind, each in times.items() if not each]
    return [*nothing, *(f"{kind} {gap}" for kind, each in times.items() for gap in _steps(each))]


def _steps(times: Iterable[float]) -> Iterator[str]:
    for earlier, later in pairwise(times):
        if not 0.0 < later - earlier <= LONGEST_STEP_SECONDS:
            yield f"{earlier:.2f} to {later:.2f} s"


def _faults(recording: Path) -> list[str]:
    """What a decoder says against it."""
    command = [program("ffmpeg"), "-v", "warning", "-i", str(recording), "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr.splitlines()


MEASUREMENT: Final = Measurement((GAPS, OTHERS, LAG, BACK, FAULTS), measure, 400)
