"""How soon a station sounds after its start: in a fresh state folder, and again in the one it has left."""

import asyncio
import time
from pathlib import Path
from signal import SIGINT
from typing import Final

from benchmarks import station
from benchmarks.ffmpeg import Decoder
from benchmarks.listeners import first_sound
from benchmarks.measurement import Measurement
from benchmarks.processes import cpu_seconds, end
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress

LIMIT_SECONDS: Final = 5.0
PATIENCE_SECONDS: Final = 60.0
MOUNT: Final = "/listen/main/radio.mp3"

COLD: Final = Bar("first sound after the first start", "s", most=LIMIT_SECONDS)
AGAIN: Final = Bar("first sound after the second start", "s", most=LIMIT_SECONDS)


async def measure() -> list[Row]:
    """Two starts in one folder; the first one is ended by Ctrl-C."""
    with station.scratch() as folder:
        return [await _start(folder, COLD), await _start(folder, AGAIN)]


async def _start(folder: Path, bar: Bar) -> Row:
    progress(bar.name)
    began = time.monotonic()
    async with station.started(folder) as ours:
        took = await first_sound(ours.port, MOUNT, PATIENCE_SECONDS) - began
        spent = ", ".join(f"{role} {cpu_seconds(members):.1f}" for role, members in ours.crew().items() if members)
        await ours.answers("/hls/main/live.m3u8")
        hls = time.monotonic() - began
        decoder = Decoder()
        async with decoder.listening(ours.address + MOUNT):
            await asyncio.sleep(4)
        await ours.answers("/ready")
        ended = await end(ours.process, SIGINT)
        status = ours.process.returncode
    heard = f"ffmpeg decoded {decoder.decoded_seconds:.1f} s of it, {decoder.dead_seconds:.2f} s below -60 dBFS"
    note = f"MP3; CPU seconds until then: {spent}; HLS after {hls:.1f} s; {heard}; Ctrl-C ended it in {ended:.1f} s, status {status}"
    return bar.row(took, note=note, valid=decoder.decoded_seconds > 1 and decoder.dead_seconds < 0.1)


MEASUREMENT: Final = Measurement((COLD, AGAIN), measure, 200.0)
