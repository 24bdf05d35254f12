"""How every page is answered: its template with its script, or the page that says how to build the scripts; a fresh nonce; the headers."""

from collections.abc import Mapping

import aiohttp_jinja2
from aiohttp.web import Request, Response

from web.assets import Assets, NotBuilt
from web.policy import fresh_nonce, page_headers


def page(
    request: Request,
    assets: Assets,
    script: str,
    template: str,
    context: Mapping[str, object],
    *,
    status: int = 200,
    framed: bool = False,
    microphone: bool = False,
) -> Response:
    """`template` with `context`, the nonce and the entry of `script`. `framed` and `microphone`: see `page_headers`."""
    nonce = fresh_nonce()
    told = {"doors": [], **context, "nonce": nonce}
    try:
        told["entry"] = assets.entry(script)
    except NotBuilt:
        template, status = "not_built.html", 503
    answer: Response = aiohttp_jinja2.render_template(template, request, told, status=status)
    answer.headers.update(page_headers(nonce, request.host, framed=framed, microphone=microphone))
    return answer
