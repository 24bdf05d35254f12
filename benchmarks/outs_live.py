"""DJs who take over and leave again, by ffmpeg's `icecast://` and by WHIP in turn: what listeners hear and are told.

`python -m benchmarks.outs_live 5` has five of each.

Each DJ sends a tone of his own, so a listener who decodes the MP3 mount can tell whose sound he heard. He also looks for silence: a run
of samples below -60 dBFS. The station's music has no such thing in it, and the tone has not either.
"""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any, Final
from urllib.parse import quote, urljoin

import numpy as np
from aiohttp import ClientSession, ClientTimeout
from aiohttp.client_exceptions import ClientError

from benchmarks import area, station, tracks
from benchmarks.ffmpeg import AUDIBLE
from benchmarks.measurement import Measurement
from benchmarks.processes import free_port, running
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, program, progress
from benchmarks.visitor import visitor

TAKES: Final = 50
SHOW_SECONDS: Final = 3.0
PATIENCE_SECONDS: Final = 20.0
LONGEST_SILENCE_FRAMES: Final = 960
"""20 ms."""
LOWEST_HERTZ: Final = 1_000
STEP_HERTZ: Final = 20
WINDOW_FRAMES: Final = 4_800
RATE: Final = 48_000
FRAME_BYTES: Final = 4
PIECES: Final = 8
SETTLED_SECONDS: Final = 2.0
"""As long as the next track has been known, it is cued."""


class Way(StrEnum):
    """How a DJ comes."""

    ICECAST = "icecast://"
    WHIP = "WHIP"


def gaps(takes: int) -> Bar:
    """Of all ways together."""
    return Bar(f"live, {takes} takeovers by each way: gaps > 20 ms", "gaps", most=0)


def bars(takes: int, way: Way) -> tuple[Bar, Bar, Bar]:
    """For so many takeovers by one way."""
    return (
        Bar(f"live, {takes} takeovers by {way}: first title shown", "takeovers", least=takes),
        Bar(f"live, {takes} takeovers by {way}: the next track follows", "takeovers", least=takes),
        Bar(f"live, {takes} takeovers by {way}: the DJ is heard", "takeovers", least=takes),
    )


@dataclass(frozen=True, slots=True)
class Take:
    """What came of one takeover."""

    way: Way
    number: int
    shown: bool
    followed: bool
    seconds: float
    """From the start of the DJ's program to his title."""


class Ear:
    """Listens to decoded sound: silences in it, and whose tone it was."""

    def __init__(self) -> None:
        self.silences = 0
        self.heard: set[int] = set()
        """The numbers of the DJs."""
        self.seconds = 0.0
        self._quiet_frames = 0
        self._rest = b""

    def take(self, sound: bytes) -> None:
        """int16 stereo at 48 kHz."""
        whole = self._rest + sound
        size = WINDOW_FRAMES * FRAME_BYTES
        for at in range(0, len(whole) - size + 1, size):
            self._judge(np.frombuffer(whole[at : at + size], "<i2").reshape(-1, 2) / 32_768)
        self._rest = whole[len(whole) // size * size :]

    def _judge(self, window: np.ndarray) -> None:
        self.seconds += WINDOW_FRAMES / RATE
        quiet = np.concatenate([[False], np.abs(window).max(axis=1) < AUDIBLE, [False]])
        edges = np.flatnonzero(np.diff(quiet.astype(np.int8)))
        for begin, end in zip(edges[::2], edges[1::2], strict=True):
            length = int(end - begin) + (self._quiet_frames if begin == 0 else 0)
            if end == WINDOW_FRAMES:
                self._quiet_frames = length
            else:
                self.silences += length > LONGEST_SILENCE_FRAMES
        if not quiet[-2]:
            self.silences += not quiet[1] and self._quiet_frames > LONGEST_SILENCE_FRAMES
            self._quiet_frames = 0
        power = np.abs(np.fft.rfft(window.mean(axis=1) * np.hanning(WINDOW_FRAMES))) ** 2
        loudest = int(np.argmax(power))
        if power[loudest - 2 : loudest + 3].sum() > 0.8 * power.sum():
            number, off = divmod(round(loudest * RATE / WINDOW_FRAMES) - LOWEST_HERTZ, STEP_HERTZ)
            if off == 0:
                self.heard.add(number)

    @asynccontextmanager
    async def listening(self, url: str) -> AsyncIterator[None]:
        """As long as the block lasts, to all that comes."""
        command = ("-nostdin", "-v", "error", "-i", url, "-f", "s16le", "-ac", "2", "-ar", str(RATE), "-flush_packets", "1", "pipe:1")
        process = await asyncio.create_subprocess_exec(program("ffmpeg"), *command, stdout=asyncio.subprocess.PIPE)
        hearing = asyncio.create_task(self._hear(process))
        try:
            yield
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await hearing
            await process.wait()

    async def _hear(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout
        while data := await process.stdout.read(65_536):
            self.take(data)


async def measure(takes: int) -> list[Row]:
    """One station, one listener, one DJ after another."""
    port = free_port()
    settings = {"STUDIO__ENABLED": "false", "AIRCHECK__PROGRAMME": "false", "AIRCHECK__SHOWS": "false", "LIVE__SOURCE_PORT": str(port)}
    ear, done = Ear(), list[Take]()
    with station.scratch() as folder:
        await asyncio.to_thread(tracks.make, station.media_folder(folder), PIECES)
        async with station.on_air(folder, **settings) as ours:
            await _all_pieces(ours)
            key = await _key(ours)
            djs = {
                Way.ICECAST: partial(_by_icecast, f"icecast://source:{key}@127.0.0.1:{port}/main", folder / "ffmpeg.log"),
                Way.WHIP: partial(_by_whip, ours.address, key),
            }
            async with ear.listening(f"{ours.address}/listen/main/radio.mp3"):
                began = time.monotonic()
                for number in range(takes * len(djs)):
                    way = tuple(djs)[number % len(djs)]
                    progress(f"live: takeover {number + 1} of {takes * len(djs)}, by {way}")
                    done.append(await _take(ours, way, djs[way], number))
                await asyncio.sleep(2 * SHOW_SECONDS)  # the last of it is still on its way
                lasted = time.monotonic() - began
    listened = f"{ear.seconds:.0f} s of the MP3 mount heard in {lasted:.0f} s"
    rows = [gaps(takes).row(ear.silences, note=listened, valid=ear.seconds > lasted - SHOW_SECONDS)]
    for way in Way:
        by_way = [take for take in done if take.way is way]
        unheard = [take.number for take in by_way if take.number not in ear.heard]
        shown, followed, heard = bars(takes, way)
        rows += [
            shown.row(
                sum(take.shown for take in by_way), note=f"median {median(take.seconds for take in by_way):.1f} s from the program's start"
            ),
            followed.row(sum(take.followed for take in by_way)),
            heard.row(len(by_way) - len(unheard), note=f"not heard: {unheard}" if unheard else ""),
        ]
    return rows


async def _take(ours: station.Station, way: Way, dj: Callable[[str, int], AbstractAsyncContextManager[None]], number: int) -> Take:
    title = f"Take {number}"
    await _until(ours, _Settled())
    upcoming: list[str] = []

    def live(now: dict[str, Any]) -> bool:
        if not now["live"]["is_live"] and now["playing_next"]:
            upcoming.append(now["playing_next"]["song"]["text"])
        return bool(now["live"]["is_live"])

    began = time.monotonic()
    async with dj(title, LOWEST_HERTZ + number * STEP_HERTZ):
        await _until(ours, live)
        shown = await _until(ours, lambda now: now["now_playing"]["song"]["title"] == title)
        seconds = time.monotonic() - began
        await asyncio.sleep(SHOW_SECONDS)
    back = await _until(ours, lambda now: not now["live"]["is_live"])
    followed = back is not None and bool(upcoming) and back["now_playing"]["song"]["text"] == upcoming[-1]
    return Take(way, number, shown is not None, followed, seconds)


@asynccontextmanager
async def _by_icecast(mount: str, log: Path, title: str, hertz: int) -> AsyncIterator[None]:
    tone = ("-re", "-f", "lavfi", "-i", f"sine={hertz}:r={RATE}", "-ac", "2", "-metadata", f"title={title}")
    sends = ("-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3", mount)
    async with running((program("ffmpeg"), "-nostdin", "-v", "error", *tone, *sends), log):
        yield


@asynccontextmanager
async def _by_whip(address: str, key: str, title: str, hertz: int) -> AsyncIterator[None]:
    """He says goodbye by DELETE, as a browser does."""
    try:
        from tests.server.live.whip.caller import Tones, caller
    except ImportError as error:
        raise Unmeasured(f"the caller is that of tests/server/live: {error}; pip install --editable '.[test]'") from error
    bearer = {"Authorization": f"Bearer {key}"}
    async with ClientSession(timeout=ClientTimeout(total=10)) as http, caller(Tones(hertz=(hertz, hertz))) as call:
        await call.call(http, f"{address}/whip/main?title={quote(title)}", bearer)
        yield
        async with http.delete(urljoin(address, call.location), headers=bearer) as answer:
            answer.raise_for_status()


class _Settled:
    """Holds when the music plays, and the same track has been the next one for a while."""

    def __init__(self) -> None:
        self._known: tuple[str, str] | None = None
        self._since = 0.0

    def __call__(self, now: dict[str, Any]) -> bool:
        playing, upcoming = now["now_playing"], now["playing_next"]
        known = (playing["song"]["text"], upcoming["song"]["text"]) if upcoming and playing["playlist"] == "library" else None
        if known != self._known:
            self._known, self._since = known, time.monotonic()
        return known is not None and time.monotonic() - self._since > SETTLED_SECONDS


async def _until(ours: station.Station, holds: Callable[[dict[str, Any]], bool]) -> dict[str, Any] | None:
    """What is said to be playing, as soon as it holds; None if that does not come to pass."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(ClientError, TimeoutError):
            now: dict[str, Any] = await ours.json("/api/nowplaying/main")
            if holds(now):
                return now
        await asyncio.sleep(0.05)
    return None


async def _all_pieces(ours: station.Station) -> None:
    """What comes next must not change because the library grows."""
    deadline = time.monotonic() + 3 * PATIENCE_SECONDS
    while f"tracks={PIECES} waiting=0" not in ours.log.read_text(errors="replace"):
        if time.monotonic() > deadline:
            raise Unmeasured(f"the station did not take in {PIECES} files within {3 * PATIENCE_SECONDS:g} s")
        await asyncio.sleep(0.2)


async def _key(ours: station.Station) -> str:
    """An API key that may go on air."""
    dj = await visitor(ours, "superadmin")
    wish = {"name": "source", "scopes": ["station:live:takeover"]}
    async with (
        ClientSession(timeout=ClientTimeout(total=10)) as session,
        session.post(f"{ours.address}/api/v1/api-keys", json=wish, headers=dj.headers) as answer,
    ):
        if answer.status != 201:
            raise Unmeasured(f"no key was made: {answer.status} {await answer.text()}")
        return str((await answer.json())["key"])


def measurement(takes: int) -> Measurement:
    """With so many takeovers."""
    each = (bar for way in Way for bar in bars(takes, way))
    return Measurement((gaps(takes), *each), partial(measure, takes), 120 + 60.0 * takes)


MEASUREMENT: Final = measurement(TAKES)

if __name__ == "__main__":
    sys.exit(area.run([measurement(int(sys.argv[1]) if len(sys.argv) > 1 else TAKES)], (), as_json=False))
