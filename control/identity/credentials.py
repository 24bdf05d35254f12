"""What a request shows of its sender: at most one credential, read from where it may stand and believed by nobody yet.

A token or a key stands in `Authorization: Bearer`, a key also in `X-API-Key`, or as the password of `Authorization: Basic` for
broadcasting programs that know nothing else. A ticket stands in the address, and only where a browser cannot send headers: for
WebSockets, event streams, and the mounts that an audio element plays. Cookies are no credential here: the one there is opens nothing
but the refresh of a session.
"""

from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiohttp.web import Request

from control.errors import Unauthenticated

KEY_PREFIX: Final = "sf_"
TICKET: Final = "ticket"
MOUNTS: Final = "/listen/"
LONGEST: Final = 8_192


class Kind(StrEnum):
    """What sort of proof it is."""

    TOKEN = "token"
    KEY = "key"
    TICKET = "ticket"


@dataclass(frozen=True, slots=True)
class Credential:
    """One proof, as it was sent."""

    kind: Kind
    value: str


def presented(request: Request) -> Credential | None:
    """The credential of the request; None if it shows none. Raises Unauthenticated for more than one, or one that cannot be read."""
    headers = request.headers
    shown = [_authorization(value) for value in headers.getall("Authorization", ())]
    shown += [Credential(Kind.KEY, value.strip()) for value in headers.getall("X-API-Key", ())]
    if "ticket=" in request.rel_url.raw_query_string and takes_tickets(request):
        shown += [Credential(Kind.TICKET, value) for value in request.query.getall(TICKET, ())]
    if not shown:
        return None
    if len(shown) > 1:
        raise Unauthenticated("Send one token or key, not several.")
    if not 0 < len(shown[0].value) <= LONGEST:
        raise Unauthenticated
    return shown[0]


def takes_tickets(request: Request) -> bool:
    """Whether it opens a WebSocket, an event stream or a mount."""
    if request.method != "GET":
        return False
    headers = request.headers
    if request.path.startswith(MOUNTS):
        return True
    return headers.get("Upgrade", "").lower() == "websocket" or "text/event-stream" in headers.get("Accept", "")


def _authorization(value: str) -> Credential:
    scheme, _, rest = value.strip().partition(" ")
    rest = rest.strip()
    match scheme.lower():
        case "bearer":
            return Credential(Kind.KEY if rest.startswith(KEY_PREFIX) else Kind.TOKEN, rest)
        case "basic":
            return Credential(Kind.KEY, _password(rest))
        case _:
            raise Unauthenticated("This way to log in is not known here; send a bearer token.")


def _password(encoded: str) -> str:
    """Of `user:password` in base64: whoever knows only Basic sends his key as the password, under any name."""
    if len(encoded) > LONGEST:
        raise Unauthenticated
    try:
        _, _, password = b64decode(encoded, validate=True).decode("utf-8").partition(":")
    except (Base64Error, UnicodeDecodeError, ValueError):
        raise Unauthenticated from None
    if not password.startswith(KEY_PREFIX):
        raise Unauthenticated("Send an API key as the password.")
    return password
