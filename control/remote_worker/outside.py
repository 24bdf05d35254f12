"""The studio's way out to its workers. Every call passes the house's own HTTP client and its rules of what may be dialled.

The studio's thread waits for its answers, the client lives on an event loop: so the loop has a thread of its own, which is there as long
as somebody calls. Only a worker that the operator put on his own network may be anywhere but on the public internet, and spoken to
without TLS.
"""

import asyncio
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import TimeoutError as NotInTime
from datetime import UTC, datetime
from ssl import SSLContext
from typing import Final
from urllib.parse import urlsplit

from control.composing.outside import retry_after_seconds
from control.outbound.errors import OutboundFailed, OutboundRefused
from control.outbound.http import OutboundAnswer, OutboundHttp
from generation.remote.caller import Reply
from generation.remote.errors import NoReply
from generation.remote.signing import SIGNATURE

_GRACE_SECONDS: Final = 5.0
"""After its own deadline a call has ended; this is for a machine that does not get round to it."""


def own_network(address: str) -> tuple[str, ...]:
    """The worker's host and port, as the client must be allowed to reach them anywhere."""
    parts = urlsplit(address)
    return (f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}",)


class Outside:
    """A Caller (generation/remote/caller.py)."""

    def __init__(self, allow_private: Iterable[str] = (), tls: SSLContext | None = None) -> None:
        """`allow_private`: as `own_network` has it. `tls`: which certificates are believed, if not the machine's."""
        self._allow_private = tuple(allow_private)
        self._tls = tls
        self._line: _Line | None = None

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int) -> Reply:
        """Asks once. Raises NoReply; its text names no address."""
        if self._line is None:
            self._line = _Line(self._allow_private, self._tls)
        try:
            answer = self._line.ask(method, url, headers, body, timeout_seconds, largest_bytes)
        except (OutboundFailed, OutboundRefused) as failure:
            raise NoReply(failure.detail) from None
        after = retry_after_seconds(answer.headers.get("Retry-After"), datetime.now(UTC))
        return Reply(answer.status, answer.body, answer.headers.get(SIGNATURE, ""), after)

    def close(self) -> None:
        """Ends the connections and the thread; the next call starts both anew."""
        if self._line is not None:
            self._line.close()
            self._line = None


class _Line:
    """A loop on a thread, and the client that lives on it."""

    def __init__(self, allow_private: Iterable[str], tls: SSLContext | None) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="remote worker's line", daemon=True)
        self._thread.start()
        self._http = asyncio.run_coroutine_threadsafe(_client(allow_private, tls), self._loop).result()

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, timeout_seconds: float, largest_bytes: int
    ) -> OutboundAnswer:
        asked = self._http.request(
            method, url, headers=headers, data=body or None, timeout_seconds=timeout_seconds, largest_bytes=largest_bytes
        )
        coming = asyncio.run_coroutine_threadsafe(asked, self._loop)
        try:
            return coming.result(timeout_seconds + _GRACE_SECONDS)
        except NotInTime:
            coming.cancel()
            raise OutboundFailed(f"no whole answer within {timeout_seconds:g} s") from None

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._http.close(), self._loop).result(_GRACE_SECONDS)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _client(allow_private: Iterable[str], tls: SSLContext | None) -> OutboundHttp:
    return OutboundHttp(allow_private, tls=tls)
