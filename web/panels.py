"""The panels of those who work here: the DJ's desk, the studio, the ways out. Each is a shell that holds no data.

Whoever opens one logs in there, and everything else comes by the API. So they are served to anybody and say nothing of a station but what
stands on its door; what may be done is decided at each request.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp.web import Request, StreamResponse

from server.route import PUBLIC, Route
from web.assets import Assets
from web.pages import Door
from web.shell import page


@dataclass(frozen=True, slots=True)
class Panel:
    """One of them: /NAME for the first station, /NAME/{station} for any."""

    name: str
    """Its script is src/NAME.ts, its template NAME.html."""
    microphone: bool = False
    """Whether a DJ may speak there."""


PANELS: Final = (Panel("dj", microphone=True), Panel("studio"), Panel("outs"))


def panel_routes(doors: Sequence[Door], assets: Assets) -> list[Route]:
    """All of them; the first station is the default. At least one. Templates are hung by web/pages.py."""
    if not doors:
        raise ValueError("a panel needs a station")
    return [route for panel in PANELS for route in _routes(panel, doors, assets)]


def _routes(panel: Panel, doors: Sequence[Door], assets: Assets) -> list[Route]:
    stations = {door.station: door for door in doors}

    async def show(request: Request) -> StreamResponse:
        door = stations.get(request.match_info.get("station", doors[0].station))
        context = {"door": door, "doors": doors}
        script = f"src/{panel.name}.ts"
        if door is None:
            return page(request, assets, script, "no_station.html", context, status=404)
        return page(request, assets, script, f"{panel.name}.html", context, microphone=panel.microphone)

    return [Route("GET", f"/{panel.name}", PUBLIC, show), Route("GET", f"/{panel.name}/{{station}}", PUBLIC, show)]
