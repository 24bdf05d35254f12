"""The account page, /account: to log in and out, to see and end one's logins, and where the links of letters lead.

The codes of such links stand behind the # of the address: they never reach a server's log, and the page's script takes them out of it.
"""

from typing import Final

from aiohttp.web import Request, StreamResponse

from server.route import PUBLIC, Route
from web.assets import Assets
from web.shell import page

_SCRIPT: Final = "src/account.ts"


def sign_in_routes(assets: Assets) -> list[Route]:
    """GET /account. Templates are hung by web/pages.py."""

    async def show(request: Request) -> StreamResponse:
        return page(request, assets, _SCRIPT, "sign_in.html", {})

    return [Route("GET", "/account", PUBLIC, show)]
