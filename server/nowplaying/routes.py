"""The addresses of now playing that are asked: AzuraCast's documents, their static copies, covers, the time."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec
from aiohttp.web import HTTPNotFound, Request, Response, StreamResponse

from server.icy.titles import plain
from server.nowplaying.cover import cover
from server.nowplaying.document import Document
from server.nowplaying.names import StationNames
from server.nowplaying.origin import Origin
from server.route import PUBLIC, Route

CORS: Final = {"Access-Control-Allow-Origin": "*"}
FRESH: Final = {"Cache-Control": "no-cache", **CORS}
ART_SECURITY: Final = "default-src 'none'; sandbox"
"""A cover holds no script; should one ever be opened by itself, it could do nothing."""
LONGEST_TRACK_ID: Final = 64


class _Addresses:
    def __init__(self, documents: Mapping[str, Document], names: StationNames, origin: Origin, wall: Callable[[], float]) -> None:
        self._documents = documents
        self._names = names
        self._origin = origin
        self._wall = wall

    async def every(self, request: Request) -> StreamResponse:
        origin = self._origin.of(request)
        return _json([self._documents[name].at(origin) for name in self._names])

    async def one(self, request: Request) -> StreamResponse:
        return _json(self._document(request).at(self._origin.of(request)))

    async def text(self, request: Request) -> StreamResponse:
        """`Artist - Title`, empty while nothing is known."""
        playing = self._document(request).at(self._origin.of(request)).now_playing
        return Response(text=playing.song.text if playing else "", headers=FRESH)

    async def art(self, request: Request) -> StreamResponse:
        """Leads to the cover of what airs."""
        address = self._document(request).art(self._origin.of(request))
        if address is None:
            raise HTTPNotFound(text="Nothing is known to air yet.")
        return Response(status=302, headers={"Location": address, "Cache-Control": "no-store", **CORS})

    async def track_art(self, request: Request) -> StreamResponse:
        """The cover is made of the id alone, so any front has it and it never changes."""
        self._document(request)
        track_id = request.match_info["track_id"].removesuffix(".svg")
        if len(track_id) > LONGEST_TRACK_ID or not track_id.isascii() or not track_id.replace("-", "").isalnum():
            raise HTTPNotFound(text="That is no track's id.")
        headers = {
            "Cache-Control": "public, max-age=604800, immutable",
            "Content-Security-Policy": ART_SECURITY,
            "ETag": f'"{track_id}"',
            **CORS,
        }
        if request.headers.get("If-None-Match") == headers["ETag"]:
            return Response(status=304, headers=headers)
        return Response(body=cover(track_id), content_type="image/svg+xml", headers=headers)

    async def time(self, request: Request) -> StreamResponse:  # noqa: ARG002 -- the time is the same for all
        """AzuraCast's spellings of now, and now to the microsecond, for clients that set their clock by it."""
        wall = self._wall()
        now = datetime.fromtimestamp(wall, UTC)
        hour = now.hour % 12 or 12
        half = "AM" if now.hour < 12 else "PM"
        told = {
            "timestamp": int(wall),
            "utc_datetime": f"{now:%Y-%m-%d} {hour}:{now:%M:%S} {half}",
            "utc_date": f"{now:%B} {now.day}, {now.year}",
            "utc_time": f"{hour}:{now:%M}{half.lower()}",
            "utc_json": now.isoformat(timespec="milliseconds"),
            "unix_seconds": wall,
        }
        return Response(body=msgspec.json.encode(told), content_type="application/json", headers={"Cache-Control": "no-store", **CORS})

    def _document(self, request: Request) -> Document:
        name = self._names.resolve(request.match_info["station"])
        if name is None:
            raise HTTPNotFound(text=f"There is no station {plain(request.match_info['station'])}.")
        return self._documents[name]


def _json(value: object) -> Response:
    return Response(body=msgspec.json.encode(value), content_type="application/json", headers=FRESH)


def nowplaying_routes(documents: Mapping[str, Document], names: StationNames, origin: Origin, wall: Callable[[], float]) -> list[Route]:
    """`/api/nowplaying...`, `/api/station/{station}/art/{track_id}`, `/api/time`. `wall`: the UNIX time in seconds."""
    addresses = _Addresses(documents, names, origin, wall)
    return [
        Route("GET", "/api/nowplaying", PUBLIC, addresses.every),
        Route("GET", "/api/nowplaying/{station}", PUBLIC, addresses.one),
        Route("GET", "/api/nowplaying/{station}/art", PUBLIC, addresses.art),
        Route("GET", "/api/nowplaying_static/{station}.json", PUBLIC, addresses.one),
        Route("GET", "/api/nowplaying_static/{station}.txt", PUBLIC, addresses.text),
        Route("GET", "/api/station/{station}/art/{track_id}", PUBLIC, addresses.track_art),
        Route("GET", "/api/time", PUBLIC, addresses.time),
    ]
