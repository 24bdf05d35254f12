"""Which pages of other sites may use the API: those on the operator's list, and no others.

What is meant for everybody (streams, playlists, what is playing) says `*` itself and is left alone. Everything else says nothing to
strangers, and browsers then keep it from them.
"""

from typing import Final

from aiohttp.typedefs import Handler
from aiohttp.web import Request, Response, StreamResponse, middleware

from control.identity.origin import REQUESTED_WITH, Origins

METHODS: Final = "GET, HEAD, POST, PUT, PATCH, DELETE"
ASKED_HEADERS: Final = f"Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, {REQUESTED_WITH}, X-API-Key"
TOLD_HEADERS: Final = "ETag, Location, RateLimit-Limit, RateLimit-Policy, RateLimit-Remaining, RateLimit-Reset, Retry-After"
REMEMBERED_SECONDS: Final = 600


class Cors:
    """Answers browsers that ask beforehand, and marks the answers that listed pages may read."""

    def __init__(self, origins: Origins) -> None:
        self._origins = origins

    @middleware
    async def preflight(self, request: Request, handler: Handler) -> StreamResponse:
        """The middleware: answers for every address that has no OPTIONS of its own."""
        asks = request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
        if not asks or request.match_info.http_exception is None or not self._origins.is_listed(request.headers.get("Origin", "")):
            return await handler(request)
        return Response(
            status=204,
            headers={
                "Access-Control-Allow-Methods": METHODS,
                "Access-Control-Allow-Headers": ASKED_HEADERS,
                "Access-Control-Max-Age": str(REMEMBERED_SECONDS),
            },
        )

    def mark(self, request: Request, response: StreamResponse) -> None:
        """Adds to an answer that is about to be sent what lets a listed page read it."""
        headers = response.headers
        if not self._origins.listed or "Access-Control-Allow-Origin" in headers:
            return
        headers.add("Vary", "Origin")
        origin = request.headers.get("Origin", "")
        if self._origins.is_listed(origin):
            headers["Access-Control-Allow-Origin"] = origin
            headers["Access-Control-Allow-Credentials"] = "true"
            headers["Access-Control-Expose-Headers"] = TOLD_HEADERS
