"""Where the mounts are, in the words of others: `.m3u` and `.pls` for players, Icecast's `/status-json.xsl` for dashboards."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any, Final

from aiohttp.web import HTTPNotFound, Request, Response, StreamResponse, json_response

from server.icy.mount import Mount
from server.icy.mounts import KINDS, MountKind, StationMounts
from server.icy.routes import CORS
from server.icy.titles import plain, spoken
from server.nowplaying.origin import Origin
from server.route import PUBLIC, Route

FRESH: Final = {"Cache-Control": "no-cache", **CORS}


class _Directory:
    """Answers from what the mounts are now."""

    def __init__(self, stations: Mapping[str, StationMounts], origin: Origin, server_id: str, started_at: float) -> None:
        self._stations = stations
        self._origin = origin
        self._server_id = server_id
        self._started_at = started_at

    async def m3u(self, request: Request) -> StreamResponse:
        title, urls = self._entries(request)
        lines = ["#EXTM3U", *(line for url in urls for line in (f"#EXTINF:-1,{title}", url))]
        return Response(text="\n".join(lines) + "\n", content_type="audio/x-mpegurl", charset="utf-8", headers=FRESH)

    async def pls(self, request: Request) -> StreamResponse:
        title, urls = self._entries(request)
        lines = ["[playlist]", f"NumberOfEntries={len(urls)}"]
        for number, url in enumerate(urls, 1):
            lines += [f"File{number}={url}", f"Title{number}={title}", f"Length{number}=-1"]
        return Response(text="\n".join([*lines, "Version=2", ""]), content_type="audio/x-scpls", charset="utf-8", headers=FRESH)

    async def status(self, request: Request) -> StreamResponse:
        """Icecast 2.4's shape: `source` is an object for one mount, a list for more, absent for none; `?mount=` asks for one."""
        wanted = request.query.get("mount")
        origin = self._origin.of(request)
        sources = []
        for name, mounts in self._stations.items():
            for kind in KINDS:
                path = f"/listen/{name}/{kind.file}"
                if wanted in {None, path} and mounts.mount(kind.file).rendition is not None:
                    sources.append(_source(mounts, mounts.mount(kind.file), kind, origin, path))
        told: dict[str, Any] = {
            "admin": "",
            "host": origin.split("://")[1],
            "location": "",
            "server_id": self._server_id,
            **_moment("server_start", self._started_at),
        }
        if sources:
            told["source"] = sources[0] if len(sources) == 1 else sources
        else:
            told["dummy"] = None
        return json_response({"icestats": told}, headers=FRESH)

    def _entries(self, request: Request) -> tuple[str, list[str]]:
        name = request.match_info["station"]
        mounts = self._stations.get(name)
        if mounts is None:
            raise HTTPNotFound(text=f"There is no station {plain(name)}.")
        title = plain(mounts.station.hello.title) if mounts.station.hello else name
        return title, [f"{self._origin.of(request)}/listen/{name}/{kind.file}" for kind in KINDS]


def _source(mounts: StationMounts, mount: Mount, kind: MountKind, origin: str, path: str) -> dict[str, Any]:
    """One mount as Icecast tells it: an MP3 mount's title is `Artist - Title`, an Ogg mount's artist stands by itself."""
    hello, rendition = mounts.station.hello, mount.rendition
    assert rendition is not None
    airing = mounts.titles.at(mount.newest_position)
    kilobits = rendition.bitrate // 1000
    track = airing.entry.track if airing else None
    said_apart = {"artist": plain(track.artist), "title": plain(track.title)} if track else {}
    return {
        "audio_info": f"ice-samplerate=48000;ice-bitrate={kilobits};ice-channels=2",
        "bitrate": kilobits,
        "channels": 2,
        "genre": plain(hello.genre) if hello else "",
        "listener_peak": mount.peak,
        "listeners": len(mount),
        "listenurl": origin + path,
        "samplerate": 48_000,
        "server_description": plain(hello.description) if hello else "",
        "server_name": plain(hello.title) if hello else "",
        "server_type": kind.content_type if kind.icy_titles else "application/ogg",
        "server_url": f"{origin}/",
        **_moment("stream_start", hello.started_at if hello else 0.0),
        **({"title": spoken(airing)} if kind.icy_titles else said_apart),
        "dummy": None,
    }


def _moment(name: str, wall: float) -> dict[str, str]:
    """A time in both of Icecast's spellings."""
    when = datetime.fromtimestamp(wall, UTC)
    return {name: format_datetime(when), f"{name}_iso8601": when.strftime("%Y-%m-%dT%H:%M:%S%z")}


def directory_routes(stations: Mapping[str, StationMounts], origin: Origin, server_id: str, started_at: float) -> list[Route]:
    """`/listen/{station}.m3u`, `.pls` and `/status-json.xsl`. `started_at`: UNIX seconds at which this front started."""
    directory = _Directory(stations, origin, server_id, started_at)
    return [
        Route("GET", "/listen/{station}.m3u", PUBLIC, directory.m3u),
        Route("GET", "/listen/{station}.pls", PUBLIC, directory.pls),
        Route("GET", "/status-json.xsl", PUBLIC, directory.status),
    ]
