"""The addresses of HLS. What is served is the window's; here live the rules of HTTP: who waits, what may be kept, what is refused.

Cache times follow RFC 8216bis, appendix B.1: a blocking playlist and a part never change, a plain playlist is old after half a target
duration, and a 404 is short so that no cache hides what is about to come.
"""

import secrets
from collections.abc import Mapping
from typing import Final

from aiohttp.web import Request, Response, StreamResponse

from server.hls.playlist import PART_SECONDS, TARGET_DURATION
from server.hls.segmenter import PARTS_A_SEGMENT
from server.hls.window import NotComing, Window
from server.nowplaying.caller import ClientOf, peer, player_of
from server.nowplaying.listeners import Listeners, Place
from server.route import PUBLIC, Endpoint, Route

_PLAYLIST: Final = "application/vnd.apple.mpegurl"
_FOR_EVER: Final = "public, max-age=3600, immutable"
_HALF_A_TARGET: Final = f"public, max-age={TARGET_DURATION // 2}"
_SIX_TARGETS: Final = f"public, max-age={6 * TARGET_DURATION}"
_ONE_SECOND: Final = "public, max-age=1"
_HIS_OWN: Final = f"private, max-age={TARGET_DURATION // 2}"
_ANYWHERE: Final = {"Access-Control-Allow-Origin": "*"}
PARTS_AHEAD: Final = -(-3 * 100 // round(PART_SECONDS * 100))
"""The advance part limit: three seconds (RFC 8216bis, 6.2.5.2)."""
SEGMENTS_AHEAD: Final = 2
_HINTED_PARTS: Final = 3
"""Requests for a part this near are held: the playlist may have come from a front that is a moment ahead."""
SESSION: Final = "s"
"""The parameter by which a listener is known who asks for playlist after playlist."""
_SESSION_BYTES: Final = 8
_LONGEST_SESSION: Final = 32
_RUNGS_END: Final = b".m3u8\n"


class _Refusal(Exception):
    """A request that cannot be met."""

    def __init__(self, status: int, reason: str, headers: Mapping[str, str]) -> None:
        super().__init__(reason)
        self.status = status
        self.headers = {**_ANYWHERE, **headers}


def _wrong(reason: str) -> _Refusal:
    return _Refusal(400, reason, {"Cache-Control": _ONE_SECOND})


def _gone(reason: str) -> _Refusal:
    return _Refusal(404, reason, {"Cache-Control": _ONE_SECOND})


def _later(reason: str) -> _Refusal:
    return _Refusal(503, reason, {"Retry-After": "1", "Cache-Control": "no-store"})


def _answering(endpoint: Endpoint) -> Endpoint:
    """`endpoint`, its refusals turned into answers."""

    async def answer(request: Request) -> StreamResponse:
        try:
            return await endpoint(request)
        except NotComing as not_coming:
            refusal = _later(f"{not_coming}.")
        except _Refusal as refused:
            refusal = refused
        return Response(status=refusal.status, text=f"{refusal}\n", headers=refusal.headers)

    return answer


class _Hls:
    """The endpoints, over the windows of all stations of this front."""

    def __init__(self, windows: Mapping[str, Window], listeners: Listeners, client_of: ClientOf) -> None:
        self._listeners = listeners
        self._windows = windows
        self._client_of = client_of
        self._places = {station: Place(station, "hls", "live.m3u8") for station in windows}

    def _window(self, request: Request) -> Window:
        station = request.match_info["station"]
        window = self._windows.get(station)
        if window is None:
            raise _gone(f"There is no station {station!r}.")
        return window

    async def master(self, request: Request) -> Response:
        """GET live.m3u8. The addresses of the rungs in it carry the name of a session, another one each time, so no cache may share it."""
        ladder = self._window(request).master(compressed=False)
        if ladder is not None:
            session = secrets.token_hex(_SESSION_BYTES).encode()
            ladder = ladder.replace(_RUNGS_END, b".m3u8?%s=%s\n" % (SESSION.encode(), session))
        return _playlist(ladder, _HIS_OWN, compressed=False)

    async def media(self, request: Request) -> Response:
        """GET {rendition}.m3u8, with or without delivery directives."""
        window, rendition, compressed = self._window(request), request.match_info["rendition"], _compressed(request)
        if window.listing is None:
            raise _later("The station is not on air yet.")
        if window.rung(rendition) is None:
            raise _gone(f"There is no rendition {rendition!r}.")
        awaited = _awaited_part(request, window.listing.edge)
        if awaited is not None:
            await window.wait_for(awaited)
        place = self._places[request.match_info["station"]]
        self._listeners.called(place, self._client_of(request), player_of(request), _session(request))
        text = window.playlist(rendition, delta=request.query.get("_HLS_skip") in {"YES", "v2"}, compressed=compressed)
        return _playlist(text, _HALF_A_TARGET if awaited is None else _SIX_TARGETS, compressed=compressed)

    async def init(self, request: Request) -> Response:
        """GET {tag}/{rendition}/init-{checksum}.mp4."""
        window, rendition = self._window(request), request.match_info["rendition"]
        rung = window.rung(rendition)
        if rung is None or not request.path.endswith("/" + window.init_uri(rendition)):
            raise _gone("This name belongs to another time.")
        return _media(rung.init)

    async def part(self, request: Request) -> Response:
        """GET {tag}/{rendition}/{segment}.{part}.m4s; a hinted part is waited for."""
        part = int(request.match_info["part"])
        if part >= PARTS_A_SEGMENT:
            raise _gone("A segment has not so many parts.")
        return await self._piece(request, int(request.match_info["segment"]) * PARTS_A_SEGMENT + part, whole=False)

    async def segment(self, request: Request) -> Response:
        """GET {tag}/{rendition}/{segment}.m4s."""
        last_part = int(request.match_info["segment"]) * PARTS_A_SEGMENT + PARTS_A_SEGMENT - 1
        return await self._piece(request, last_part, whole=True)

    async def _piece(self, request: Request, last_part: int, *, whole: bool) -> Response:
        window = self._window(request)
        rung, listing = window.rung(request.match_info["rendition"]), window.listing
        if rung is None or not window.tagged(request.match_info["tag"]):
            raise _gone("This name belongs to another time.")
        if listing is not None and listing.edge <= last_part < listing.edge + _HINTED_PARTS:
            await window.wait_for(last_part)
        data = rung.segment(last_part // PARTS_A_SEGMENT) if whole else rung.part(last_part)
        if data is None:
            raise _gone("This has left the window, or is not there yet.")
        return _media(data)

    async def nothing(self, request: Request) -> Response:
        """GET anything else."""
        self._window(request)
        raise _gone("There is nothing of this name.")

    async def options(self, _: Request) -> Response:
        """OPTIONS: any page may play."""
        headers = {
            "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
            "Access-Control-Allow-Headers": "*",
            "Access-Control-Max-Age": "86400",
        }
        return Response(status=204, headers={**_ANYWHERE, **headers})


def _awaited_part(request: Request, edge: int) -> int | None:
    """The part that must be listed before the answer, by _HLS_msn and _HLS_part; None: answer at once. Raises _Refusal."""
    segment, part = (_directive(request, name) for name in ("_HLS_msn", "_HLS_part"))
    if segment is None:
        if part is not None:
            raise _wrong("_HLS_part needs _HLS_msn.")
        return None
    awaited = segment * PARTS_A_SEGMENT + (PARTS_A_SEGMENT - 1 if part is None else part)
    last_segment = (edge - 1) // PARTS_A_SEGMENT
    if segment > last_segment + SEGMENTS_AHEAD or (part is not None and awaited >= edge + PARTS_AHEAD):
        raise _wrong(f"Segment {segment} is too far ahead: the last is {last_segment}.")
    return awaited


def _directive(request: Request, name: str) -> int | None:
    text = request.query.get(name)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise _wrong(f"{name} is not a number.")
    return int(text)


def _session(request: Request) -> str:
    """The session's name in the address; empty if there is none that could be ours."""
    name = request.query.get(SESSION, "")
    return name if len(name) <= _LONGEST_SESSION and name.isascii() and name.isalnum() else ""


def _compressed(request: Request) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "").lower()


def _playlist(text: bytes | None, cached: str, *, compressed: bool) -> Response:
    if text is None:
        raise _later("The station is not on air yet.")
    headers = {"Content-Type": _PLAYLIST, "Cache-Control": cached, "Vary": "Accept-Encoding", **_ANYWHERE}
    if compressed:
        headers["Content-Encoding"] = "gzip"
    return Response(body=text, headers=headers)


def _media(data: bytes) -> Response:
    return Response(body=data, headers={"Content-Type": "audio/mp4", "Cache-Control": _FOR_EVER, **_ANYWHERE})


def routes(windows: Mapping[str, Window], listeners: Listeners, client_of: ClientOf = peer) -> list[Route]:
    """Everything under /hls/{station}/, open to all."""
    hls = _Hls(windows, listeners, client_of)
    piece = "/hls/{station}/{tag:[0-9a-z]+}/{rendition:[a-z0-9_]+}"
    addresses = [
        ("/hls/{station}/live.m3u8", hls.master),
        ("/hls/{station}/{rendition:[a-z0-9_]+}.m3u8", hls.media),
        (piece + "/init-{checksum:[0-9a-f]{8}}.mp4", hls.init),
        (piece + r"/{segment:\d{1,15}}.{part:\d{1,2}}.m4s", hls.part),
        (piece + r"/{segment:\d{1,15}}.m4s", hls.segment),
        ("/hls/{station}/{anything:(?s:.*)}", hls.nothing),
    ]
    return [
        *(Route("GET", path, PUBLIC, _answering(endpoint)) for path, endpoint in addresses),
        Route("OPTIONS", "/hls/{station}/{anything:(?s:.*)}", PUBLIC, hls.options),
    ]
