"""The API's own addresses, and the check that the whole of it holds together before a front starts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

from aiohttp.web import HTTPMovedPermanently, Request, Response, StreamResponse
from pydantic_core import to_json

from control.api.document import document
from control.api.etags import body_etag, matches_weakly
from control.api.operation import Operation
from control.permissions import PUBLIC, is_known
from server.route import Route

READER: Final = "/docs"
_FRESH: Final = {"Content-Type": "application/json", "Cache-Control": "no-cache", "Access-Control-Allow-Origin": "*"}


def api_routes(others: Sequence[Route], title: str, version: str) -> list[Route]:
    """`/openapi.json` over `others` and itself, and the addresses that lead to its reader. Raises ValueError: see `check_routes`."""
    own = _Own()
    routes = [
        Route("GET", "/openapi.json", PUBLIC, own.openapi),
        Route("GET", "/api/docs", PUBLIC, own.reader),
        Route("GET", "/api/redoc", PUBLIC, own.reader),
    ]
    check_routes([*others, *routes])
    own.show(to_json(document([*others, *routes], title, version)))
    return routes


def check_routes(routes: Iterable[Route]) -> None:
    """Raises ValueError with everything that may not start: see each sentence."""
    routes, wrong = list(routes), []
    for route in routes:
        it = route.operation
        if not is_known(route.permission):
            wrong.append(f"{route.method} {route.path} asks for {route.permission!r}, which no role could hold")
        if isinstance(it, Operation) and it.declared.idempotent and not it.once:
            wrong.append(f"{route.method} {route.path} promises idempotency keys, but nobody keeps them")
        if isinstance(it, Operation) and it.declared.limit and not it.limited:
            wrong.append(f"{route.method} {route.path} has a limit, but nobody counts")
    for (method, path), times in Counter((route.method, route.path) for route in routes).items():
        if times > 1:
            wrong.append(f"{method} {path} stands there {times} times")
    if wrong:
        raise ValueError("; ".join(wrong))


class _Own:
    def __init__(self) -> None:
        self._body = b""
        self._etag = ""

    def show(self, body: bytes) -> None:
        """The document, once it is known."""
        self._body, self._etag = body, body_etag(body)

    async def openapi(self, request: Request) -> StreamResponse:
        """The document itself."""
        headers = {**_FRESH, "ETag": self._etag}
        if matches_weakly(self._etag, request.headers.get("If-None-Match", "")):
            return Response(status=304, headers=headers)
        return Response(body=self._body, headers=headers)

    async def reader(self, request: Request) -> StreamResponse:  # noqa: ARG002 -- it leads everybody there
        """To the reader."""
        raise HTTPMovedPermanently(READER)
