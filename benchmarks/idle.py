"""What a whole idle station costs, beside Liquidsoap on the same tracks with the same renditions, both at work at the same time.

Both are read in the same windows, so that whatever else the machine does touches both; the figures are medians of the windows. Ours
is the engine with the intake children it has waited for, and the front; the worker, at the lowest priority, is told apart.
"""

import asyncio
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Final

from benchmarks import liquidsoap, station, tracks
from benchmarks.measurement import Measurement
from benchmarks.processes import Process, cpu_seconds, family
from benchmarks.programme import Programme
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress

SETTLE_SECONDS: Final = 20.0
WINDOW_SECONDS: Final = 8.0
WINDOWS: Final = 4
PIECES: Final = 6

CORE: Final = Bar("idle station: CPU", "cores", most=0.20)
RATIO: Final = Bar("idle station: CPU beside Liquidsoap, nrj + limit", "x", most=1.25)
BARE_RATIO: Final = Bar("idle station: CPU beside Liquidsoap, no processing", "x", most=1.25)


@dataclass(frozen=True, slots=True)
class Window:
    """Shares of one core in one stretch of time."""

    engine: float
    front: float
    worker: float
    peer: float
    icecast: float
    airs_tracks: bool
    """Ours, at the end of it."""

    @property
    def ours(self) -> float:
        return self.engine + self.front


async def measure() -> list[Row]:
    """Our station runs throughout; Liquidsoap runs beside it twice, with and without processing."""
    with station.scratch() as folder:
        pieces = tracks.make(folder / "pieces", PIECES)
        for piece in pieces:
            _into_media(piece, station.media_folder(folder))
        listing = tracks.listing(pieces, folder / "pieces.m3u")
        async with station.on_air(folder, STUDIO__ENABLED="false") as ours:
            windows = {chain: await _beside(ours, folder, listing, chain) for chain in liquidsoap.CHAINS}
    processed, bare = windows["nrj + limit"], windows["no processing"]
    who = liquidsoap.version()
    airs = all(window.airs_tracks for window in processed + bare)
    core = median(window.ours for window in processed + bare)
    return [
        CORE.row(core, median(window.peer for window in processed), _parts(processed, who), airs),
        RATIO.row(median(window.ours / window.peer for window in processed), 1.0, _parts(processed, who), airs),
        BARE_RATIO.row(median(window.ours / window.peer for window in bare), 1.0, _parts(bare, who), airs),
    ]


def _into_media(piece: Path, media: Path) -> None:
    media.mkdir(exist_ok=True)
    shutil.copy(piece, media)


async def _beside(ours: station.Station, folder: Path, listing: Path, chain: str) -> list[Window]:
    async with liquidsoap.on_air(folder, listing, chain) as peer:
        progress(f"idle station: beside Liquidsoap, {chain}, {SETTLE_SECONDS + WINDOWS * WINDOW_SECONDS:.0f} s")
        await asyncio.sleep(SETTLE_SECONDS)
        return [await _window(ours, peer) for _ in range(WINDOWS)]


async def _window(ours: station.Station, peer: liquidsoap.Peer) -> Window:
    crew = ours.crew()
    groups = (crew["engine"], crew["front"], crew["worker"], _family(peer.liquidsoap), _family(peer.icecast))
    before = [cpu_seconds(group) for group in groups]
    await asyncio.sleep(WINDOW_SECONDS)
    shares = [(cpu_seconds(group) - used) / WINDOW_SECONDS for group, used in zip(groups, before, strict=True)]
    engine, front, worker, theirs, icecast = shares
    return Window(engine, front, worker, theirs, icecast, await Programme(ours).airs_tracks())


def _family(process: subprocess.Popen[bytes]) -> list[Process]:
    return family(process.pid)


def _parts(windows: list[Window], peer: str) -> str:
    def share(part: str) -> str:
        return f"{median(getattr(window, part) for window in windows):.3f}"

    return (
        f"engine {share('engine')}, front {share('front')}, worker {share('worker')} apart; "
        f"{peer} {share('peer')}, its Icecast {share('icecast')} apart; {WINDOWS} windows of {WINDOW_SECONDS:g} s"
        + ("" if all(window.airs_tracks for window in windows) else "; OURS AIRED NO TRACK")
    )


MEASUREMENT: Final = Measurement((CORE, RATIO, BARE_RATIO), measure, 300.0)
