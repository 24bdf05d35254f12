"""`/oembed`: what a blog or a chat puts in place of a link to a station (oembed.com, version 1.0): the embeddable player in a frame.

Any host may be named in the link, for a station is reached by many; only the path decides. The frame's address is where the asker
reached this front.
"""

from collections.abc import Sequence
from html import escape
from typing import Final
from urllib.parse import quote, unquote, urlsplit

from aiohttp.web import HTTPNotFound, HTTPNotImplemented, Request, StreamResponse, json_response

from server.nowplaying.origin import Origin
from server.route import PUBLIC, Route
from web.pages import Door

WIDTH: Final = 420
HEIGHT: Final = 180
LEAST_WIDTH: Final = 200
LEAST_HEIGHT: Final = 120


class _Oembed:
    def __init__(self, doors: Sequence[Door], origin: Origin, provider: str) -> None:
        self._doors = {door.station: door for door in doors}
        self._default = doors[0]
        self._origin = origin
        self._provider = provider

    async def respond(self, request: Request) -> StreamResponse:
        """GET /oembed?url=...&maxwidth=...&maxheight=...&format=json."""
        if request.query.get("format", "json") != "json":
            raise HTTPNotImplemented(text="Only format=json is spoken here.")
        door = self._meant(request.query.get("url", ""))
        width = min(WIDTH, _bound(request, "maxwidth", WIDTH, LEAST_WIDTH))
        height = min(HEIGHT, _bound(request, "maxheight", HEIGHT, LEAST_HEIGHT))
        base = self._origin.of(request)
        frame = (
            f'<iframe src="{escape(base)}/public/{quote(door.station)}/embed" width="{width}" height="{height}" '
            f'title="{escape(door.title)}" allow="autoplay" loading="lazy" style="border:0"></iframe>'
        )
        told = {
            "version": "1.0",
            "type": "rich",
            "title": door.title,
            "provider_name": self._provider,
            "provider_url": f"{base}/",
            "html": frame,
            "width": width,
            "height": height,
            "cache_age": 3600,
        }
        return json_response(told, headers={"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"})

    def _meant(self, url: str) -> Door:
        """The station that a link leads to. Raises HTTPNotFound."""
        if not url:
            raise HTTPNotFound(text="Name the link in url=: /oembed?url=https://radio.example/public/main")
        try:
            split = urlsplit(url)
        except ValueError:
            raise HTTPNotFound from None
        steps = [unquote(step) for step in split.path.split("/") if step]
        if split.scheme in ("http", "https") and not steps:
            return self._default
        if split.scheme in ("http", "https") and steps[0] == "public" and steps[2:] in ([], ["embed"]) and steps[1:2]:
            door = self._doors.get(steps[1])
            if door is not None:
                return door
        raise HTTPNotFound(text="That link leads to no station of this house.")


def _bound(request: Request, name: str, default: int, least: int) -> int:
    """A size that was asked for. Raises HTTPNotFound if it is no number, or if the player does not fit."""
    asked = request.query.get(name)
    if asked is None:
        return default
    if not (asked.isascii() and asked.isdigit() and len(asked) < 6):
        raise HTTPNotFound(text=f"{name} must be a whole number of pixels.")
    if int(asked) < least:
        raise HTTPNotFound(text=f"The player needs {name} of at least {least} pixels.")
    return int(asked)


def oembed_routes(doors: Sequence[Door], origin: Origin, provider: str = "SonicForge") -> list[Route]:
    """The address of oEmbed for the stations behind `doors`; at least one."""
    return [Route("GET", "/oembed", PUBLIC, _Oembed(doors, origin, provider).respond)]
