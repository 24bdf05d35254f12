"""A station made of cardboard: our pages and live socket before a relay that plays a short programme of its own, sound made by ffmpeg.

Run it to look at the pages: `python -m tests.web.fake_station 8100`.
"""

import asyncio
import colorsys
import hashlib
import math
import random
import struct
import sys
import tempfile
import time
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiohttp.web import Application, AppRunner, FileResponse, HTTPNotFound, Request, Response, StreamResponse, TCPSite

from server.air import Levels, Standing
from server.clock import Epoch
from server.route import PUBLIC, Route, add_routes
from server.track import Airing, Entry, Reason, Source, Track
from server.wire.wire import PROTOCOL, Hello, Meters, NowPlaying, Spectrum
from tests.programs import program
from tests.web.fake_whep import FakeWhep
from web.assets import Assets
from web.live import Live
from web.pages import Door, hang_templates, routes

RATE: Final = 48_000
BURST_SECONDS: Final = 4
START_SECONDS: Final = 60.0
_DATE_RANGE: Final = '#EXT-X-DATERANGE:ID="e1",CLASS="fm.sonicforge.song",START-DATE="2026-01-01T00:00:00.000Z",X-TITLE="A title"\n'
SONGS: Final = (
    ("Paper Lanterns", "The Quiet Machines", "techno"),
    ("Midnight Ferry to the Outer Islands", "Vera Holm", "house"),
    ("<img src=x onerror=alert(1)>", 'O\'Brien & "Sons" </script>', "trance"),
    ("Copper Rain", "Ostinato Club", "drum & bass"),
    (
        "An Unreasonably Long Title About Everything That Happened on the Way Home (Extended Night Version)",
        "A Band with Many Words",
        "house",
    ),
    ("Dämmerung", "Åsa Lindqvist", "trance"),
)


def track(index: int, seconds: float) -> Track:
    title, artist, genre = SONGS[index % len(SONGS)]
    identity = hashlib.sha256(f"{title}{index}".encode()).hexdigest()[:16]
    frames = int(seconds * RATE)
    return Track(
        identity,
        title,
        artist,
        Source.STUDIO,
        "/secret/path.flac",
        frames,
        -16.0,
        -1.0,
        0,
        frames - RATE,
        frames,
        album="First Light",
        genre=genre,
    )


class FakeRelay:
    """Plays the songs round, `seconds` each, by the wall clock; speaks when `tick` is called."""

    def __init__(self, station: str = "main", title: str = "Night Signal", seconds: float = 40.0) -> None:
        self.epoch = Epoch(math.floor(time.time()) - 7200.0)
        self.hello: Hello | None = Hello(
            PROTOCOL, station, title, "Slow electronics, made here, all night", "electronic", self.epoch.seconds, 1, time.time(), []
        )
        self.on_air: NowPlaying | None = None
        self.meters: Meters | None = None
        self.seconds = seconds
        self._changes: list[Callable[[NowPlaying], None]] = []
        self._spectra: list[Callable[[Spectrum], None]] = []
        self._bands = [0.0] * 64
        self._peaks = [0.0] * 64
        self._random = random.Random(station)
        self._turn = -1
        self.somebody = asyncio.Event()
        self.nobody = asyncio.Event()
        self.nobody.set()
        self.tick()

    def position_now(self) -> int:
        return self.epoch.position_at(time.time())

    def on_change(self, watcher: Callable[[NowPlaying], None]) -> Callable[[], None]:
        self._changes.append(watcher)
        self.somebody.set()
        self.nobody.clear()

        def end() -> None:
            self._changes.remove(watcher)
            self.somebody.clear()
            self.nobody.set()

        return end

    def on_spectrum(self, watcher: Callable[[Spectrum], None]) -> Callable[[], None]:
        self._spectra.append(watcher)
        return lambda: self._spectra.remove(watcher)

    @property
    def watched(self) -> bool:
        return bool(self._changes or self._spectra)

    def tick(self) -> None:
        position = self.position_now()
        frames = int(self.seconds * RATE)
        turn = position // frames
        if turn != self._turn:
            self._turn = turn
            self.change(
                NowPlaying(position, self._airing(turn), [self._entry(turn + 1)], [self._airing(turn - back) for back in range(1, 9)])
            )
        self.meters = Meters(position, Levels(-15.8, -16.1, -16.0, -1.2, 2.4), Standing(0, 0.0, 0.0, {}, 0, 0, 200.0))
        self.draw(Spectrum(position, self._frame(position)))

    def change(self, on_air: NowPlaying) -> None:
        self.on_air = on_air
        for watcher in tuple(self._changes):
            watcher(on_air)

    def draw(self, spectrum: Spectrum) -> None:
        for watcher in tuple(self._spectra):
            watcher(spectrum)

    def _entry(self, turn: int) -> Entry:
        return Entry(f"e{turn}", track(turn, self.seconds), Reason.STUDIO)

    def _airing(self, turn: int) -> Airing:
        frames = int(self.seconds * RATE)
        return Airing(self._entry(turn), turn * frames, (turn + 1) * frames)

    def _frame(self, position: int) -> bytes:
        beat = (position / RATE * 2) % 1
        for band in range(64):
            tilt = 0.82 - 0.5 * band / 63
            kick = 0.32 * math.exp(-4 * beat) * math.exp(-(((band - 8) / 7) ** 2))
            chord = 0.16 * math.sin(band * 1.7 + position / RATE * 0.6) * math.sin(band * 0.37 - position / RATE * 0.23)
            wanted = max(0.02, min(1.0, 0.25 + tilt * 0.5 + kick * 0.7 + chord * 0.6 + self._random.uniform(-0.05, 0.05)))
            self._bands[band] = max(wanted, self._bands[band] - 0.05)
            self._peaks[band] = max(self._bands[band], self._peaks[band] - 0.008)
        return struct.pack("<Q", position) + bytes(int(255 * level) for level in (*self._bands, *self._peaks))


@dataclass(frozen=True, slots=True)
class FakeStation:
    """It listens on `base` while its context is open."""

    base: str
    relays: Mapping[str, FakeRelay]
    sound: "FakeSound"
    whep: FakeWhep
    """Of the first station."""


class FakeSound:
    """HLS and MP3 of a chord, made by two ffmpegs that work in real time. `away` makes every address of it answer 503."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._recent: deque[bytes] = deque(maxlen=400)
        self._queues: set[asyncio.Queue[bytes]] = set()
        self.away = False
        self.hls_broken = False

    @asynccontextmanager
    async def playing(self) -> AsyncIterator[None]:
        chord = [f"sine=frequency={note}:sample_rate=48000" for note in (220, 277, 330)]
        source = [
            "-re",
            "-f",
            "lavfi",
            "-i",
            f"{chord[0]}[a];{chord[1]}[b];{chord[2]}[c];[a][b][c]amix=3:normalize=0,aformat=channel_layouts=stereo",
        ]
        hls = [
            *(
                "-map",
                "0:a",
                "-map",
                "0:a",
                "-c:a",
                "aac",
                "-b:a:0",
                "128k",
                "-b:a:1",
                "320k",
                "-f",
                "hls",
                "-hls_time",
                "1",
                "-hls_list_size",
                "12",
            ),
            *("-hls_segment_type", "fmp4", "-hls_flags", "program_date_time+delete_segments+omit_endlist+independent_segments"),
            *("-var_stream_map", "a:0 a:1", "-master_pl_name", "live.m3u8", "-hls_fmp4_init_filename", "init_%v.mp4"),
            *("-hls_segment_filename", str(self._folder / "%v_%d.m4s"), str(self._folder / "%v.m3u8")),
        ]
        mp3 = [
            "-c:a",
            "libmp3lame",
            "-b:a",
            "192k",
            "-f",
            "mp3",
            "-id3v2_version",
            "0",
            "-write_xing",
            "0",
            "-flush_packets",
            "1",
            "pipe:1",
        ]
        quiet = ["-hide_banner", "-loglevel", "error", "-nostdin"]
        async with AsyncExitStack() as stack:
            makers: list[Process] = []
            for output in (hls, mp3):
                maker = await asyncio.create_subprocess_exec(program("ffmpeg"), *quiet, *source, *output, stdin=DEVNULL, stdout=PIPE)
                stack.push_async_callback(_end, maker)
                makers.append(maker)
            pump = asyncio.create_task(self._pump(makers[1]))
            try:
                await self._begin()
                yield
            finally:
                pump.cancel()
                with suppress(asyncio.CancelledError):
                    await pump

    async def _begin(self) -> None:
        """Returns when every playlist is there and the stream has sound: a page that comes now finds a station."""
        playlists = [self._folder / f"{name}.m3u8" for name in ("live", "0", "1")]
        async with asyncio.timeout(START_SECONDS):
            while not (self._recent and all(playlist.exists() for playlist in playlists)):  # noqa: ASYNC110 - ffmpeg sets no event
                await asyncio.sleep(0.02)

    async def _pump(self, maker: Process) -> None:
        assert maker.stdout is not None
        while chunk := await maker.stdout.read(480):  # 0.02 s
            self._recent.append(chunk)
            for queue in self._queues:
                with suppress(asyncio.QueueFull):
                    queue.put_nowait(chunk)

    async def hls(self, request: Request) -> StreamResponse:
        if self.away or self.hls_broken:
            return Response(status=503)
        path = self._folder / request.match_info["name"]
        if not path.is_file():
            raise HTTPNotFound
        kinds = {".m3u8": "application/vnd.apple.mpegurl", ".mp4": "audio/mp4", ".m4s": "audio/mp4"}
        if path.name[0] in "01" and path.suffix == ".m3u8":
            return Response(
                text=f"{path.read_text()}{_DATE_RANGE}", content_type="application/vnd.apple.mpegurl", headers={"Cache-Control": "no-store"}
            )
        return FileResponse(path, headers={"Content-Type": kinds[path.suffix], "Cache-Control": "no-store"})

    async def mp3(self, request: Request) -> StreamResponse:
        if self.away:
            return Response(status=503)
        response = StreamResponse(headers={"Content-Type": "audio/mpeg", "Cache-Control": "no-store"})
        await response.prepare(request)
        queue: asyncio.Queue[bytes] = asyncio.Queue(500)
        burst = list(self._recent)[-BURST_SECONDS * 50 :]
        self._queues.add(queue)
        try:
            await response.write(b"".join(burst))
            while not self.away:
                await response.write(await queue.get())
        except ConnectionError:
            pass
        finally:
            self._queues.discard(queue)
        return response


async def _end(maker: Process) -> None:
    with suppress(ProcessLookupError):
        maker.kill()
    await maker.wait()


async def _art(request: Request) -> StreamResponse:
    seed = random.Random(request.match_info["track_id"])
    hue = seed.random()
    first, second, third = (
        "#" + "".join(f"{int(255 * part):02x}" for part in colorsys.hls_to_rgb((hue + turn) % 1, light, 0.62))
        for turn, light in ((0, 0.22), (0.09, 0.5), (0.42, 0.66))
    )
    rings = "".join(
        f'<circle cx="{320 + seed.uniform(-90, 90):.0f}" cy="{340 + seed.uniform(-90, 90):.0f}" r="{radius}" fill="none" '
        f'stroke="{third if radius % 80 else second}" stroke-width="{seed.uniform(4, 22):.0f}" opacity=".8"/>'
        for radius in range(60, 320, 40)
    )
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" width="640" height="640" viewBox="0 0 640 640"><defs><linearGradient id="g" x2="1" y2="1">'
        f'<stop stop-color="{first}"/><stop offset="1" stop-color="{second}"/></linearGradient></defs>'
        f'<rect width="640" height="640" fill="url(#g)"/>'
        f"{rings}</svg>"
    )
    return Response(text=svg, content_type="image/svg+xml", headers={"Cache-Control": "public, max-age=31536000"})


@asynccontextmanager
async def fake_station(
    port: int = 0, doors: tuple[Door, ...] = (Door("main", "Night Signal", "Slow electronics, made here, all night"),)
) -> AsyncIterator[FakeStation]:
    """Opens the station on a loopback port; 0 chooses one."""
    relays = {door.station: FakeRelay(door.station, door.title) for door in doors}
    live = Live(relays)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fake-station-")))
        sound = FakeSound(folder)
        await stack.enter_async_context(sound.playing())
        whep = FakeWhep(relays[doors[0].station].position_now)
        await stack.enter_async_context(whep.sending())
        application = Application()
        hang_templates(application)
        own = [
            Route("GET", "/api/station/{station}/art/{track_id}", PUBLIC, _art),
            Route("GET", "/hls/{station}/{name}", PUBLIC, sound.hls),
            Route("GET", "/listen/{station}/radio.mp3", PUBLIC, sound.mp3),
        ]
        add_routes(application, [*routes(doors, Assets()), *live.routes(), *whep.routes(), *own], lambda _, endpoint: endpoint)
        runner = AppRunner(application, shutdown_timeout=1)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        stack.push_async_callback(live.close)
        site = TCPSite(runner, "127.0.0.1", port)
        await site.start()
        ticking = asyncio.create_task(_tick(list(relays.values())))
        try:
            yield FakeStation(f"http://127.0.0.1:{runner.addresses[0][1]}", relays, sound, whep)
        finally:
            ticking.cancel()
            with suppress(asyncio.CancelledError):
                await ticking


async def _tick(relays: list[FakeRelay]) -> None:
    while True:
        for relay in relays:
            relay.tick()
        await asyncio.sleep(1 / 30)


async def _look() -> None:
    doors = (Door("main", "Night Signal", "Slow electronics, made here, all night"), Door("dawn", "Dawn Chorus", "Brighter things"))
    async with fake_station(int(sys.argv[1]), doors) as station:
        print(station.base, flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(_look())
