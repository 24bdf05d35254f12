"""The pages anybody may open: the player, its embeddable form, and the files they load.

It owns their addresses and their HTML (templates/), and knows of a station only what stands on its door: name, title, description.
Whatever changes while a page is open reaches it by the live socket, never by another page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import aiohttp_jinja2
from aiohttp.web import Application, Request, Response, StreamResponse
from jinja2 import FileSystemLoader, StrictUndefined

from server.nowplaying.origin import Origin
from server.route import PUBLIC, Route
from web.assets import Assets
from web.shell import page

_TEMPLATES: Final = Path(__file__).parent / "templates"
_PLAYER: Final = "src/player.ts"


@dataclass(frozen=True, slots=True)
class Door:
    """What stands on a station's door."""

    station: str
    title: str
    description: str = ""
    mount_delay_seconds: float = 4.32
    """How long after a position is on air it is heard on a mount (server/icy)."""


def hang_templates(application: Application) -> None:
    """Gives `application` our templates; needed once, before its first page."""
    aiohttp_jinja2.setup(application, loader=FileSystemLoader(_TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def routes(doors: Sequence[Door], assets: Assets) -> list[Route]:
    """The public pages of the stations behind `doors`; the first one is the default. At least one."""
    if not doors:
        raise ValueError("a front door needs a station")
    pages = _Pages(doors, assets)
    return [
        Route("GET", "/", PUBLIC, pages.player),
        Route("GET", "/public/{station}", PUBLIC, pages.player),
        Route("GET", "/public/{station}/embed", PUBLIC, pages.embed),
        Route("GET", "/static/{path:.+}", PUBLIC, assets.respond),
    ]


class _Pages:
    def __init__(self, doors: Sequence[Door], assets: Assets) -> None:
        self._doors = {door.station: door for door in doors}
        self._default = doors[0]
        self._assets = assets
        self._origin = Origin()

    async def player(self, request: Request) -> StreamResponse:
        """GET / and /public/{station}."""
        return self._page(request, "player.html")

    async def embed(self, request: Request) -> StreamResponse:
        """GET /public/{station}/embed: the same player, small, for other people's pages."""
        return self._page(request, "embed.html", framed=True)

    def _page(self, request: Request, template: str, *, framed: bool = False) -> Response:
        door = self._doors.get(request.match_info.get("station", self._default.station))
        context = {"door": door, "doors": list(self._doors.values()), "origin": self._origin.of(request)}
        if door is None:
            return page(request, self._assets, _PLAYER, "no_station.html", context, status=404, framed=framed)
        return page(request, self._assets, _PLAYER, template, context, framed=framed)
