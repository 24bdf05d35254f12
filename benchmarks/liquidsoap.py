"""The peer of a whole station: Liquidsoap with the same renditions, beside an Icecast that serves its mounts.

Four AAC rungs as HLS in fragmented MP4, written by Liquidsoap itself; MP3 192 and Opus 128 to Icecast; crossfades.
"""

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from benchmarks import icecast
from benchmarks.processes import last_lines, running
from benchmarks.unmeasured import Unmeasured, program

ON_AIR_SECONDS: Final = 45.0
RUNGS: Final = (64, 128, 192, 320)
CHAINS: Final = {
    "no processing": "",
    "nrj + limit": "s = normalize(target=-14., s)\ns = compress(threshold=-15., ratio=3., gain=3., s)\ns = limit(threshold=-1., s)\n",
}
"""What its users put before their encoders. `nrj` is what Liquidsoap calls the first two of these lines."""

SCRIPT: Final = """\
settings.log.stdout.set(true)
settings.log.file.set(false)
settings.init.allow_root.set(true)
settings.frame.audio.samplerate.set(48000)
s = playlist(mode="normal", reload_mode="never", "{listing}")
s = crossfade(duration=5., fade_in=3., fade_out=3., s)
{chain}s = mksafe(s)
output.file.hls(playlist="live.m3u8", segment_duration=4., segments=5, segments_overhead=5, "{hls}", [{rungs}], s)
output.icecast(%mp3(bitrate=192, samplerate=48000), {icecast}, mount="radio.mp3", s)
output.icecast(%opus(bitrate=128, samplerate=48000, channels=2), {icecast}, mount="radio.opus", s)
"""
RUNG: Final = (
    '("aac{rate}", %ffmpeg(format="mp4", frag_duration=10, movflags="+dash+skip_sidx+skip_trailer+frag_custom", '
    '%audio(codec="aac", channels=2, ar=48000, b="{rate}k")))'
)


class Peer:
    """Liquidsoap and Icecast at work."""

    def __init__(self, liquidsoap: subprocess.Popen[bytes], icecast: subprocess.Popen[bytes], port: int) -> None:
        self.liquidsoap = liquidsoap
        self.icecast = icecast
        self.port = port


def version() -> str:
    """Its own words, such as `Liquidsoap 2.1.3`."""
    said = subprocess.run([program("liquidsoap"), "--version"], capture_output=True, text=True, check=True).stdout
    return said.splitlines()[0]


@asynccontextmanager
async def on_air(folder: Path, listing: Path, chain: str) -> AsyncIterator[Peer]:
    """The peer, when every rung has two segments. Raises Unmeasured, also where one of the two programs is missing."""
    hls = folder / f"hls-{_count(folder, 'hls-*')}"
    hls.mkdir()
    script = folder / "station.liq"
    rungs = ", ".join(RUNG.format(rate=rate) for rate in RUNGS)
    async with icecast.serving(folder) as server:
        where = f'host="127.0.0.1", port={server.port}, password="{icecast.PASSWORD}"'
        script.write_text(SCRIPT.format(listing=listing, chain=CHAINS[chain], hls=hls, rungs=rungs, icecast=where))
        async with running([program("liquidsoap"), script], folder / "liquidsoap.log") as liquidsoap:
            await _two_segments_a_rung(hls, liquidsoap, folder / "liquidsoap.log")
            yield Peer(liquidsoap, server.process, server.port)


async def _two_segments_a_rung(hls: Path, liquidsoap: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + ON_AIR_SECONDS
    while _count(hls, "live.m3u8") == 0 or _count(hls, "aac*.m4s") < 2 * len(RUNGS):
        if liquidsoap.poll() is not None or time.monotonic() > deadline:
            raise Unmeasured(f"Liquidsoap did not get on air; its log ends: {last_lines(log)}")
        await asyncio.sleep(0.2)


def _count(folder: Path, pattern: str) -> int:
    return sum(1 for _ in folder.glob(pattern))
