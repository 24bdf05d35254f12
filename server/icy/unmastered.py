"""The unmastered mount: what the programme is before mastering, for those who set it. Nobody else, and nobody counted as a listener.

It asks the engine for the sound when the first one comes and lets it go a while after the last one has left: as long as nobody listens
nothing is encoded. An engine that comes back is asked again.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Final, Protocol

from aiohttp.web import HTTPNotFound, HTTPServiceUnavailable, Request, StreamResponse

from server.icy.mount import Mount, MountLimits, NoPlace, NothingYet
from server.icy.mounts import bare
from server.icy.routes import FULL_RETRY_SECONDS, SILENT_RETRY_SECONDS, EndlessAnswer, beginning
from server.icy.titles import Titles, plain
from server.relay.relay import Cancels, Timers
from server.route import Route
from server.wire.wire import Preview, Rendition, Up, WantPreview

FILE: Final = "unmastered.mp3"
UNMASTERED: Final = Rendition("unmastered_mp3", "mp3", 192_000, 1_152, b"")
"""What the engine encodes (server/encoding/preview.py)."""
PLACES: Final = 16
COMES_WITHIN_SECONDS: Final = 3.0
LINGER_SECONDS: Final = 10.0
"""How long the engine goes on after the last one has left: who compares comes and goes."""


class Station(Protocol):
    """What it asks of a station; server.relay.relay.Relay is one."""

    def on_preview(self, watcher: Callable[[Preview], None]) -> Callable[[], None]: ...
    def on_greeted(self, watcher: Callable[[], None]) -> Callable[[], None]: ...
    def say(self, message: Up) -> None: ...


class UnmasteredMount:
    """One station's. On the front's loop."""

    def __init__(self, station: Station, burst_seconds: float, queue_bytes: int, kicked: Callable[[str], None], timers: Timers) -> None:
        self._station = station
        self._limits = MountLimits(burst_seconds, queue_bytes, PLACES)
        self._kicked = kicked
        self._timers = timers
        self._letting_go: Cancels | None = None
        self._guests = 0
        self._wanted = False
        self._mount = self._empty()
        self._unsubscribe = (station.on_preview(self._hear), station.on_greeted(self._greeted))

    @asynccontextmanager
    async def visit(self) -> AsyncIterator[Mount]:
        """The mount, with sound in it; the engine goes on for as long as the block lasts. Raises NothingYet."""
        self._guests += 1
        if self._letting_go is not None:
            self._letting_go.cancel()
            self._letting_go = None
        if not self._wanted:
            self._wanted = True
            self._station.say(WantPreview(True))
        try:
            try:
                async with asyncio.timeout(COMES_WITHIN_SECONDS):
                    await self._mount.reached(0)
            except TimeoutError:
                raise NothingYet from None
            yield self._mount
        finally:
            self._guests -= 1
            if self._guests == 0:
                self._letting_go = self._timers.call_later(LINGER_SECONDS, self._let_go)

    def close(self) -> None:
        """Takes nothing more from the station."""
        for end in self._unsubscribe:
            end()
        if self._letting_go is not None:
            self._letting_go.cancel()

    def _let_go(self) -> None:
        self._letting_go = None
        self._wanted = False
        self._station.say(WantPreview(False))
        self._mount = self._empty()

    def _greeted(self) -> None:
        if self._wanted:
            self._station.say(WantPreview(True))

    def _hear(self, preview: Preview) -> None:
        if self._wanted:
            self._mount.packets(UNMASTERED, preview.sitting, preview.position, preview.packets)

    def _empty(self) -> Mount:
        return Mount(UNMASTERED.name, bare, Titles(), self._limits, self._kicked)


def unmastered_routes(mounts: Mapping[str, UnmasteredMount], *, permission: str) -> list[Route]:
    """`/listen/{station}/unmastered.mp3`."""

    async def listen(request: Request) -> StreamResponse:
        name = request.match_info["station"]
        if name not in mounts:
            raise HTTPNotFound(text=f"There is no station {plain(name)}.")
        headers = {"Content-Type": "audio/mpeg", "Cache-Control": "no-store", "Accept-Ranges": "none"}
        answer = EndlessAnswer(headers)
        if request.method == "HEAD":
            await answer.prepare(request)
            return answer
        try:
            async with mounts[name].visit() as mount:
                begin = await beginning(request, mount)
                if mount.full:
                    raise NoPlace
                await answer.prepare(request)
                await _listen(request, mount, begin)
        except NothingYet:
            raise _away("The station does not send its unmastered sound now.", SILENT_RETRY_SECONDS) from None
        except NoPlace:
            raise _away("All places at this mount are taken.", FULL_RETRY_SECONDS) from None
        return answer

    return [Route("GET", f"/listen/{{station}}/{FILE}", permission, listen)]


async def _listen(request: Request, mount: Mount, begin: int | None) -> None:
    """Holds a place until the mount or the connection gives it up."""
    if request.transport is None:
        return
    try:
        listener = mount.join(request.transport, False, begin)
    except (NoPlace, NothingYet):  # taken while the head of the answer was sent
        return
    try:
        await listener.departure
    finally:
        mount.leave(listener)


def _away(reason: str, retry_seconds: int) -> HTTPServiceUnavailable:
    return HTTPServiceUnavailable(text=reason, headers={"Retry-After": str(retry_seconds)})
