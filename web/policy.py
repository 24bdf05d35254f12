"""What a browser may do with our pages: the headers that forbid everything a page does not need.

It owns the Content-Security-Policy and its companions, and knows no page and no route. Scripts run only by the nonce of their own
response (and what such a script imports), styles come only from files, nothing is fetched from another host. The one exception is
the page that is made to be framed by others.
"""

import re
import secrets
from typing import Final

_HOST: Final = re.compile(r"[A-Za-z0-9.-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")

_UNUSED_POWERS: Final = ("camera", "geolocation", "payment", "usb", "serial", "midi", "display-capture", "browsing-topics")


def fresh_nonce() -> str:
    """128 random bits for one response."""
    return secrets.token_urlsafe(16)


def page_headers(nonce: str, host: str, *, framed: bool, microphone: bool = False) -> dict[str, str]:
    """The headers of one HTML response to a request for `host` (as the Host header gave it).

    `framed`: other sites may frame it. `microphone`: it may ask the person for the microphone.
    """
    headers = {
        "Content-Security-Policy": _content_security_policy(nonce, host, framed=framed),
        "Permissions-Policy": ", ".join(f"{power}=()" for power in _UNUSED_POWERS) + f", microphone={'(self)' if microphone else '()'}",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    if not framed:
        headers["X-Frame-Options"] = "DENY"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return headers


def _content_security_policy(nonce: str, host: str, *, framed: bool) -> str:
    # Older Safari does not read 'self' as covering ws:, so our own host is named as well; a Host that is no host name is not repeated.
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'nonce-{nonce}' 'strict-dynamic'",
            "style-src 'self'",
            "font-src 'self'",
            "img-src 'self' data:",
            "media-src 'self' blob:",
            f"connect-src 'self'{sockets}",
            "worker-src 'self'",
            "manifest-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'none'",
            f"frame-ancestors {'*' if framed else chr(39) + 'none' + chr(39)}",
            "require-trusted-types-for 'script'",
            "trusted-types lit-html",
        )
    )
