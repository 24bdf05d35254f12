"""What every answer tells a browser not to do with it.

Pages bring a policy of their own with a nonce (web/policy.py); what an endpoint has set stands. For everything else the strictest there
is costs nothing: an answer of the API or a stream is no document, runs nothing and stands in no frame, even if somebody makes a browser
open it as one.
"""

from typing import Final

from aiohttp.web import Request, StreamResponse

from control.identity.clients import Clients
from control.identity.cors import Cors
from control.identity.rate_limits import STANDING
from control.identity.request import PRINCIPAL
from control.principal import ANONYMOUS

NOTHING_RUNS: Final = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; sandbox"
SOUND_PLAYS: Final = "default-src 'none'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""For whoever opens a stream's address: the browser makes a page of it, which must be allowed to load it."""
_SOUND: Final = ("audio/", "video/", "application/ogg")
API: Final = "/api/v1/"


class SecurityHeaders:
    """Put on every answer when it is about to be sent, streams included."""

    def __init__(self, clients: Clients, cors: Cors, hsts_seconds: int) -> None:
        """`hsts_seconds`: how long browsers shall refuse to come back unencrypted, once they came encrypted; 0 says nothing."""
        self._clients = clients
        self._cors = cors
        self._hsts = f"max-age={hsts_seconds}" if hsts_seconds else ""

    async def put(self, request: Request, response: StreamResponse) -> None:
        """For `application.on_response_prepare`."""
        headers = response.headers
        if "Content-Security-Policy" not in headers:
            headers["Content-Security-Policy"] = SOUND_PLAYS if response.content_type.startswith(_SOUND) else NOTHING_RUNS
            headers["X-Frame-Options"] = "DENY"
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        if self._hsts and self._clients.is_secure(request) and not _is_localhost(request):
            headers["Strict-Transport-Security"] = self._hsts
        if request.get(PRINCIPAL, ANONYMOUS).account_id is not None:
            headers.setdefault("Cache-Control", "no-store")  # what somebody was told is not for who asks next
        if (standing := request.get(STANDING)) is not None:
            headers.update(standing.headers())
        self._cors.mark(request, response)
        if request.path.startswith(API) and "Access-Control-Allow-Origin" not in headers:
            headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")


def _is_localhost(request: Request) -> bool:
    """What a browser promises for that name it would keep for every other program on the machine."""
    return request.headers.get("Host", "").partition(":")[0].lower() == "localhost"
