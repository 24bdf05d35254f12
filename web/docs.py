"""The page that reads the API's document (/openapi.json) to people. It knows its own address and script; what stands in the document it
does not.
"""

from typing import Final

import aiohttp_jinja2
from aiohttp.web import Request, Response, StreamResponse

from server.route import PUBLIC, Route
from web.assets import Assets, NotBuilt
from web.policy import fresh_nonce, page_headers

_READER: Final = "src/docs.ts"


def docs_routes(assets: Assets) -> list[Route]:
    """GET /docs."""

    async def docs(request: Request) -> StreamResponse:
        """The reader of the API's document."""
        nonce = fresh_nonce()
        try:
            entry = assets.entry(_READER)
        except NotBuilt:
            page: Response = aiohttp_jinja2.render_template("not_built.html", request, {"doors": []}, status=503)
        else:
            page = aiohttp_jinja2.render_template("docs.html", request, {"nonce": nonce, "entry": entry})
        page.headers.update(page_headers(nonce, request.host, framed=False))
        return page

    return [Route("GET", "/docs", PUBLIC, docs)]
