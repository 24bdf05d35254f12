"""The DJ page, /dj/{station}: a shell that holds no data. Whoever opens it logs in there, and everything else comes by the API.

It is served to anybody, so it says nothing of a station but what stands on its door; what may be done is decided at each request.
"""

from collections.abc import Sequence
from typing import Final

from aiohttp.web import Request, StreamResponse

from server.route import PUBLIC, Route
from web.assets import Assets
from web.pages import Door
from web.shell import page

_SCRIPT: Final = "src/dj.ts"


def dj_routes(doors: Sequence[Door], assets: Assets) -> list[Route]:
    """GET /dj and /dj/{station}; the first station is the default. At least one. Templates are hung by web/pages.py."""
    if not doors:
        raise ValueError("a DJ needs a station")
    show = _DjPage(doors, assets).show
    return [Route("GET", "/dj", PUBLIC, show), Route("GET", "/dj/{station}", PUBLIC, show)]


class _DjPage:
    def __init__(self, doors: Sequence[Door], assets: Assets) -> None:
        self._doors = {door.station: door for door in doors}
        self._default = doors[0]
        self._assets = assets

    async def show(self, request: Request) -> StreamResponse:
        door = self._doors.get(request.match_info.get("station", self._default.station))
        context = {"door": door, "doors": list(self._doors.values())}
        if door is None:
            return page(request, self._assets, _SCRIPT, "no_station.html", context, status=404)
        return page(request, self._assets, _SCRIPT, "dj.html", context, microphone=True)
