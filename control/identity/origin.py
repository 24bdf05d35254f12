"""Whether a request that a browser sends was meant by one of our own pages.

A browser sends cookies along with whatever any page makes it send. So where the cookie comes with a request that changes something,
the request must show what a foreign page cannot make it show: a header of its own (`X-Requested-With`), and an origin of ours. The
same question is asked of WebSockets, to which a browser lets every page connect.
"""

from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from aiohttp.web import BaseRequest

from control.errors import Forbidden
from control.identity.cookies import carries_cookie
from control.identity.request import SAFE

REQUESTED_WITH: Final = "X-Requested-With"
_OURS: Final = frozenset({"same-origin", "none"})
"""Of Sec-Fetch-Site: from the page's own host, or typed by the person himself."""


class Origins:
    """Our own origin and those whose pages are as good as ours."""

    def __init__(self, listed: Iterable[str] = ()) -> None:
        """`listed`: `https://player.example`, as browsers write them. Raises ValueError for what is no origin."""
        self.listed = frozenset(_checked(each) for each in listed)

    def check(self, request: BaseRequest) -> None:
        """Raises Forbidden for what a page of another site may have made a browser send."""
        if request.headers.get("Upgrade", "").lower() == "websocket":
            if not self._may_be_ours(request):
                raise Forbidden("Only pages of this station may open this socket.")
        elif request.method not in SAFE and carries_cookie(request):
            if REQUESTED_WITH not in request.headers:
                raise Forbidden(f"Send the header {REQUESTED_WITH} with it.")
            if "Origin" not in request.headers and "Sec-Fetch-Site" not in request.headers:
                raise Forbidden("Send the header Origin with it.")
            if not self._may_be_ours(request):
                raise Forbidden("This came from a page of another site.")

    def is_listed(self, origin: str) -> bool:
        return origin in self.listed

    def _may_be_ours(self, request: BaseRequest) -> bool:
        """Judged by Origin, which every browser sends with such a request; else by Sec-Fetch-Site; programs send neither."""
        origin = request.headers.get("Origin")
        if origin is None:
            return request.headers.get("Sec-Fetch-Site", "none") in _OURS
        return origin in self.listed or _is_host(origin, request.headers.get("Host", ""))


def _is_host(origin: str, host: str) -> bool:
    """Whether a page of that origin came from the host that was asked. `null` is nobody's."""
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    return bool(host) and parts.scheme in {"http", "https"} and parts.netloc.lower() == host.lower()


def _checked(origin: str) -> str:
    parts = urlsplit(origin)
    if parts.scheme not in {"http", "https"} or not parts.hostname or origin != f"{parts.scheme}://{parts.netloc}" or "@" in origin:
        raise ValueError(f"{origin!r} is no origin: write it as https://player.example, without a path")
    return origin
