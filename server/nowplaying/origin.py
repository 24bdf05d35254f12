"""Where a listener reached this front: the beginning of every absolute address in an answer."""

import re
from typing import Final

from aiohttp.web import BaseRequest

_HOST: Final = re.compile(r"[A-Za-z0-9._~-]{1,253}(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:[0-9]{1,5})?")


class Origin:
    """`scheme://host[:port]`, by configuration or else as the request names it.

    A Host header is the asker's word: what does not look like a host is replaced by the address he really reached.
    """

    def __init__(self, public_url: str = "") -> None:
        self._public_url = public_url.rstrip("/")

    def of(self, request: BaseRequest) -> str:
        if self._public_url:
            return self._public_url
        host = request.headers.get("Host", "")
        return f"{request.scheme}://{host if _HOST.fullmatch(host) else _reached(request)}"


def _reached(request: BaseRequest) -> str:
    sockname = request.get_extra_info("sockname")
    if not isinstance(sockname, tuple):
        return "localhost"
    host = f"[{sockname[0]}]" if ":" in sockname[0] else sockname[0]
    return f"{host}:{sockname[1]}"
