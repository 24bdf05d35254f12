"""The page of the ways out, /outs/{station}: where a station is published, who listens, what was recorded. A shell that holds no data.

Whoever opens it logs in there, and everything else comes by the API; it is served to anybody, as the DJ's page is.
"""

from collections.abc import Sequence
from typing import Final

from aiohttp.web import Request, StreamResponse

from server.route import PUBLIC, Route
from web.assets import Assets
from web.pages import Door
from web.shell import page

_SCRIPT: Final = "src/outs.ts"


def outs_routes(doors: Sequence[Door], assets: Assets) -> list[Route]:
    """GET /outs and /outs/{station}; the first station is the default. At least one. Templates are hung by web/pages.py."""
    if not doors:
        raise ValueError("ways out need a station")
    stations = {door.station: door for door in doors}

    async def show(request: Request) -> StreamResponse:
        door = stations.get(request.match_info.get("station", doors[0].station))
        context = {"door": door, "doors": doors}
        if door is None:
            return page(request, assets, _SCRIPT, "no_station.html", context, status=404)
        return page(request, assets, _SCRIPT, "outs.html", context)

    return [Route("GET", "/outs", PUBLIC, show), Route("GET", "/outs/{station}", PUBLIC, show)]
