"""The DJ page, /dj/{station}: a shell that holds no data. Whoever opens it logs in there, and everything else comes by the API.

It is served to anybody, so it says nothing of a station but what stands on its door; what may be done is decided at each request.
"""

from collections.abc import Sequence
from typing import Final

import aiohttp_jinja2
from aiohttp.web import Request, Response, StreamResponse

from server.route import PUBLIC, Route
from web.assets import Assets, NotBuilt
from web.pages import Door
from web.policy import fresh_nonce, page_headers

_SCRIPT: Final = "src/dj.ts"


def dj_routes(doors: Sequence[Door], assets: Assets) -> list[Route]:
    """GET /dj and /dj/{station}; the first station is the default. At least one. Templates are hung by web/pages.py."""
    if not doors:
        raise ValueError("a DJ needs a station")
    page = _DjPage(doors, assets)
    return [Route("GET", "/dj", PUBLIC, page.show), Route("GET", "/dj/{station}", PUBLIC, page.show)]


class _DjPage:
    def __init__(self, doors: Sequence[Door], assets: Assets) -> None:
        self._doors = {door.station: door for door in doors}
        self._default = doors[0]
        self._assets = assets

    async def show(self, request: Request) -> StreamResponse:
        door = self._doors.get(request.match_info.get("station", self._default.station))
        nonce = fresh_nonce()
        context: dict[str, object] = {"nonce": nonce, "door": door, "doors": list(self._doors.values())}
        template, status = ("dj.html", 200) if door is not None else ("no_station.html", 404)
        try:
            context["entry"] = self._assets.entry(_SCRIPT)
        except NotBuilt:
            template, status = "not_built.html", 503
        page: Response = aiohttp_jinja2.render_template(template, request, context, status=status)
        page.headers.update(page_headers(nonce, request.host, framed=False))
        return page
