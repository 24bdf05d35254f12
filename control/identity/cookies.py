"""The one cookie of the house: the refresh token of a browser's session.

Under TLS its name begins with `__Host-`: browsers then refuse it from another host, another path or an unencrypted answer. On plain
http, for a laptop or a home network, that prefix cannot be had; the rest holds all the same: no script reads it, no other site sends it.
"""

from typing import Final

from aiohttp.web import BaseRequest

PLAIN: Final = "sonicforge_refresh"
SECURE: Final = f"__Host-{PLAIN}"


def cookie_name(*, secure: bool) -> str:
    """What it is called on a connection that is encrypted, or is not."""
    return SECURE if secure else PLAIN


def carries_cookie(request: BaseRequest) -> bool:
    """Whether the request brings a refresh token under either name."""
    sent = request.headers.get("Cookie", "")
    return PLAIN in sent


def refresh_token(request: BaseRequest, *, secure: bool) -> str | None:
    """The refresh token a browser sent. An encrypted connection does not take the plain name: anybody on the way could have set it."""
    return request.cookies.get(cookie_name(secure=secure)) or None
