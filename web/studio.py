"""The studio's page, /studio/{station}: who makes the programme, what it is booked for, what is believed of the listeners' taste.

A shell that holds no data: whoever opens it logs in there, and everything else comes by the API, as on the DJ's page.
"""

from collections.abc import Sequence
from typing import Final

from aiohttp.web import Request, StreamResponse

from server.route import PUBLIC, Route
from web.assets import Assets
from web.pages import Door
from web.shell import page

_SCRIPT: Final = "src/studio.ts"


def studio_routes(doors: Sequence[Door], assets: Assets) -> list[Route]:
    """GET /studio and /studio/{station}; the first station is the default. At least one. Templates are hung by web/pages.py."""
    if not doors:
        raise ValueError("a studio needs a station")
    stations = {door.station: door for door in doors}

    async def show(request: Request) -> StreamResponse:
        door = stations.get(request.match_info.get("station", doors[0].station))
        context = {"door": door, "doors": doors}
        if door is None:
            return page(request, assets, _SCRIPT, "no_station.html", context, status=404)
        return page(request, assets, _SCRIPT, "studio.html", context)

    return [Route("GET", "/studio", PUBLIC, show), Route("GET", "/studio/{station}", PUBLIC, show)]
