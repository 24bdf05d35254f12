"""The addresses of the mounts. An answer is as old radios want it: an endless body without chunks, ended by the end of the connection."""

import asyncio
import re
from collections.abc import Mapping
from typing import Final

from aiohttp.web import HTTPNotFound, HTTPServiceUnavailable, Request, Response, StreamResponse

from dsp.block import seconds_of
from server.icy.mount import Mount, NoPlace, NothingYet
from server.icy.mounts import KINDS, MountKind, StationMounts
from server.icy.titles import METAINT, plain
from server.nowplaying.caller import ClientOf, peer, player_of
from server.nowplaying.listeners import Listeners, Place
from server.nowplaying.origin import Origin
from server.route import PUBLIC, Route
from server.wire.wire import Rendition

CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": "Icy-MetaData, Range",
    "Access-Control-Expose-Headers": "icy-br, icy-description, icy-genre, icy-metaint, icy-name, icy-pub, icy-url",
    "Access-Control-Max-Age": "86400",
}
FULL_RETRY_SECONDS: Final = 30
SILENT_RETRY_SECONDS: Final = 2
FROM_SECONDS: Final = 10.0
"""How long somebody who asks for a position to come is kept waiting for it."""
_POSITION: Final = re.compile(r"\d{1,15}")
_PROBE: Final = re.compile(r"bytes=0-\d{1,3}")
"""Safari asks for the first two bytes of a stream before it plays it on another connection."""


class EndlessAnswer(StreamResponse):
    """A body whose end is the end of the connection: neither a length nor chunks, also under HTTP/1.1."""

    _length_check = False

    def __init__(self, headers: Mapping[str, str]) -> None:
        super().__init__(headers=headers)
        self.force_close()


class _MountAddress:
    """One mount of every station at its address."""

    def __init__(
        self, kind: MountKind, stations: Mapping[str, StationMounts], listeners: Listeners, origin: Origin, client_of: ClientOf
    ) -> None:
        self._kind = kind
        self._stations = stations
        self._listeners = listeners
        self._origin = origin
        self._client_of = client_of

    async def listen(self, request: Request) -> StreamResponse:
        """Sound until the listener leaves or must leave."""
        name = request.match_info["station"]
        mounts = self._stations.get(name)
        if mounts is None:
            raise HTTPNotFound(text=f"There is no station {plain(name)}.")
        mount = self._mount(mounts, request)
        if mount.rendition is None or not mount.sounding:
            raise _refusal("The station has not come on air yet.", SILENT_RETRY_SECONDS)
        with_titles = self._kind.icy_titles and request.headers.get("Icy-MetaData", "").strip() == "1"
        answer = EndlessAnswer(self._headers(mounts, mount.rendition, request, with_titles))
        if request.method == "HEAD":
            await answer.prepare(request)
            return answer
        if mount.full:
            raise _refusal("All places at this mount are taken.", FULL_RETRY_SECONDS)
        begin = await beginning(request, mount)
        await answer.prepare(request)
        await self._hear(request, mount, with_titles, begin, Place(name, "icy", self._kind.file))
        return answer

    async def permit(self, request: Request) -> StreamResponse:  # noqa: ARG002 -- the answer is the same for all
        """What a browser asks before it asks for sound."""
        return Response(status=204, headers=CORS)

    def _mount(self, mounts: StationMounts, request: Request) -> Mount:
        if not self._kind.icy_titles and request.query.get("titles") == "inband":
            return mounts.chained_opus
        return mounts.mount(self._kind.file)

    async def _hear(self, request: Request, mount: Mount, with_titles: bool, begin: int | None, place: Place) -> None:
        """Holds the place until the mount or the connection gives it up."""
        transport = request.transport
        if transport is None:
            return
        try:
            listener = mount.join(transport, with_titles, begin)
        except (NoPlace, NothingYet):  # taken while the head of the answer was sent
            return
        try:
            probe = _PROBE.fullmatch(request.headers.get("Range", "")) is not None
            with self._listeners.listening(place, self._client_of(request), player_of(request), probe=probe):
                await listener.departure
        finally:
            mount.leave(listener)

    def _headers(self, mounts: StationMounts, rendition: Rendition, request: Request, with_titles: bool) -> dict[str, str]:
        hello = mounts.station.hello
        kilobits = str(rendition.bitrate // 1000)
        told = {
            "icy-name": plain(hello.title) if hello else "",
            "icy-description": plain(hello.description) if hello else "",
            "icy-genre": plain(hello.genre) if hello else "",
            "icy-url": f"{self._origin.of(request)}/",
            "icy-br": kilobits,
            "icy-pub": "1",
            "ice-audio-info": f"ice-samplerate=48000;ice-bitrate={kilobits};ice-channels=2",
        }
        if with_titles:
            told["icy-metaint"] = str(METAINT)
        return {"Content-Type": self._kind.content_type, "Cache-Control": "no-store", "Accept-Ranges": "none", **told, **CORS}


async def beginning(request: Request, mount: Mount) -> int | None:
    """The position from which `?from=` asks to be sent, waited for until a whole burst of it is there.

    So two mounts that are asked for one position begin with the same packet, and both play at once. Raises HTTPServiceUnavailable where
    it does not come within seconds.
    """
    asked = request.query.get("from", "")
    if not _POSITION.fullmatch(asked):
        return None
    try:
        async with asyncio.timeout(FROM_SECONDS + seconds_of(mount.burst_frames)):
            await mount.reached(int(asked) + mount.burst_frames)
    except TimeoutError:
        raise _refusal("The position that you asked for does not come soon.", SILENT_RETRY_SECONDS) from None
    return int(asked)


def _refusal(reason: str, retry_seconds: int) -> HTTPServiceUnavailable:
    return HTTPServiceUnavailable(text=reason, headers={"Retry-After": str(retry_seconds), **CORS})


def icy_routes(stations: Mapping[str, StationMounts], listeners: Listeners, origin: Origin, client_of: ClientOf = peer) -> list[Route]:
    """`/listen/{station}/radio.mp3`, `.aac`, `.opus`."""
    routes = []
    for kind in KINDS:
        address = _MountAddress(kind, stations, listeners, origin, client_of)
        path = f"/listen/{{station}}/{kind.file}"
        routes += [Route("GET", path, PUBLIC, address.listen), Route("OPTIONS", path, PUBLIC, address.permit)]
    return routes
