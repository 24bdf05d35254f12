"""The page that reads the API's document (/openapi.json) to people. It knows its own address and script; what stands in the document it
does not.
"""

from typing import Final

from aiohttp.web import Request, StreamResponse

from server.route import PUBLIC, Route
from web.assets import Assets
from web.shell import page

_READER: Final = "src/docs.ts"


def docs_routes(assets: Assets) -> list[Route]:
    """GET /docs."""

    async def docs(request: Request) -> StreamResponse:
        """The reader of the API's document."""
        return page(request, assets, _READER, "docs.html", {})

    return [Route("GET", "/docs", PUBLIC, docs)]
