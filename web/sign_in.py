"""The account page, /account: to log in and out, to see and end one's logins, and where the links of letters lead.

The codes of such links stand behind the # of the address: they never reach a server's log, and the page's script takes them out of it.
"""

from typing import Final

import aiohttp_jinja2
from aiohttp.web import Request, Response, StreamResponse

from server.route import PUBLIC, Route
from web.assets import Assets, NotBuilt
from web.policy import fresh_nonce, page_headers

_SCRIPT: Final = "src/account.ts"


def sign_in_routes(assets: Assets) -> list[Route]:
    """GET /account. Templates are hung by web/pages.py."""

    async def show(request: Request) -> StreamResponse:
        nonce = fresh_nonce()
        context: dict[str, object] = {"nonce": nonce, "doors": []}
        template, status = "sign_in.html", 200
        try:
            context["entry"] = assets.entry(_SCRIPT)
        except NotBuilt:
            template, status = "not_built.html", 503
        page: Response = aiohttp_jinja2.render_template(template, request, context, status=status)
        page.headers.update(page_headers(nonce, request.host, framed=False))
        return page

    return [Route("GET", "/account", PUBLIC, show)]
