"""One connection at the door, with the deadlines that aiohttp does not have.

A line that has not said what it wants in 15 s, whose body trickles in or whose answer trickles out slower than a kilobyte a second,
is cut. Nothing is answered then: who behaves so does not read. What a request means is aiohttp's and the endpoints' business.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final, Protocol

from aiohttp.streams import StreamReader
from aiohttp.web import BaseRequest, RequestHandler, Response, Server, StreamResponse

from server.door.answers import SECURITY_HEADERS, SERVER
from server.door.hang_up import hang_up


@dataclass(frozen=True, slots=True)
class LineLimits:
    """How patient the door is with one connection."""

    header_seconds: float = 15.0
    """From the first byte of a request, or from the connection's start, to the end of its headers."""
    keepalive_seconds: float = 30.0
    """From an answer to the next request."""
    grace_seconds: float = 10.0
    """How long a body or an answer may be slow at first, and how often it is looked at."""
    slowest_bytes_per_second: float = 1_024.0


class Gate(Protocol):
    """Counts the lines and says who may come in."""

    def enter(self, line: "Line", address: str) -> bool: ...
    def leave(self, line: "Line", address: str) -> None: ...
    def cut(self, reason: str) -> None: ...


class Deadline:
    """Something to do at a time, unless it is disarmed before."""

    __slots__ = ("_handle", "_loop")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._handle: asyncio.TimerHandle | None = None

    @property
    def armed(self) -> bool:
        return self._handle is not None

    def arm(self, seconds: float, action: Callable[[], None]) -> None:
        """Does `action` after `seconds`, in place of what was armed before."""
        self.disarm()
        self._handle = self._loop.call_later(seconds, self._act, action)

    def disarm(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _act(self, action: Callable[[], None]) -> None:
        self._handle = None
        action()


_BUSY_TEXT: Final = b"All lines are taken; try again soon.\n"
BUSY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 10\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"X-Content-Type-Options: nosniff\r\nContent-Length: %d\r\n\r\n%s" % (len(_BUSY_TEXT), _BUSY_TEXT)
)


class Line(RequestHandler):
    """aiohttp's connection, watched."""

    __slots__ = (
        "_address",
        "_admitted",
        "_answer_deadline",
        "_body",
        "_body_bytes",
        "_body_deadline",
        "_gate",
        "_header_deadline",
        "_limits",
        "_unsent_bytes",
    )

    def __init__(self, server: Server, loop: asyncio.AbstractEventLoop, gate: Gate, limits: LineLimits) -> None:
        super().__init__(
            server,
            loop=loop,
            keepalive_timeout=limits.keepalive_seconds,
            access_log=None,  # type: ignore[arg-type] # aiohttp itself passes None to mean none
            auto_decompress=False,
        )
        self._gate = gate
        self._limits = limits
        self._address = ""
        self._admitted = False
        self._header_deadline = Deadline(loop)
        self._body_deadline = Deadline(loop)
        self._answer_deadline = Deadline(loop)
        self._body: StreamReader | None = None
        self._body_bytes = 0
        self._unsent_bytes = 0

    @property
    def idle(self) -> bool:
        """Whether it waits for a request."""
        return self._waiter is not None and not self._waiter.done()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        peer = transport.get_extra_info("peername")
        self._address = peer[0] if isinstance(peer, tuple) else ""
        self._admitted = self._gate.enter(self, self._address)
        if not self._admitted:
            transport.write(BUSY)
            transport.close()
            return
        # Any byte that the kernel does not take at once starts the watch over the answer. Under TLS asyncio counts "at least", not "above".
        transport.set_write_buffer_limits(high=1 if transport.get_extra_info("sslcontext") else 0)
        super().connection_made(transport)
        self._header_deadline.arm(self._limits.header_seconds, self._cut_for_header)

    def data_received(self, data: bytes) -> None:
        if not self._admitted:
            return
        before = self._request_count
        super().data_received(data)
        if self._request_count > before:
            self._header_deadline.disarm()
            self._watch_body()
        elif self._body is not None and not self._body.is_eof():
            self._body_bytes += len(data)
        elif data and self.idle and not self._header_deadline.armed:
            self._header_deadline.arm(self._limits.header_seconds, self._cut_for_header)

    def connection_lost(self, exc: BaseException | None) -> None:
        for deadline in (self._header_deadline, self._body_deadline, self._answer_deadline):
            deadline.disarm()
        if self._admitted:
            self._gate.leave(self, self._address)
            super().connection_lost(exc)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._watch_answer()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._answer_deadline.disarm()

    def abort(self) -> None:
        """Ends it now, whatever waits to be sent."""
        if self.transport is not None:
            hang_up(self.transport)
        self.force_close()

    def handle_error(
        self, request: BaseRequest, status: int = 500, exc: BaseException | None = None, message: str | None = None
    ) -> StreamResponse:
        """What is not HTTP gets a short answer and leaves no trace in the log: the whole internet knocks."""
        if status != 400:
            return super().handle_error(request, status, exc, message)
        answer = Response(status=400, text="This is not a request that can be read.\n", headers={**SECURITY_HEADERS, "Server": SERVER})
        answer.force_close()
        return answer

    def _watch_body(self) -> None:
        """Begins to count the newest request's body, if there is more to come."""
        body = self._messages[-1][1] if self._messages else None
        self._body_deadline.disarm()
        self._body, self._body_bytes = None, 0
        if body is not None and not body.is_eof():
            self._body = body
            self._body_deadline.arm(self._limits.grace_seconds, self._look_at_body)

    def _look_at_body(self) -> None:
        if self._body is None or self._body.is_eof():
            self._body = None
            return
        ours = self._reading_paused or self._buffer_paused  # an endpoint that does not read holds the sender up
        if not ours and self._body_bytes < self._least_bytes:
            self._cut("body")
            return
        self._body_bytes = 0
        self._body_deadline.arm(self._limits.grace_seconds, self._look_at_body)

    def _watch_answer(self) -> None:
        if self.transport is not None:
            self._unsent_bytes = self.transport.get_write_buffer_size()
            self._answer_deadline.arm(self._limits.grace_seconds, partial(self._look_at_answer, self.transport))

    def _look_at_answer(self, transport: asyncio.Transport) -> None:
        """The transport is an argument: aiohttp forgets it when it closes a line, though bytes may still wait in it."""
        unsent = transport.get_write_buffer_size()
        if not unsent:
            return
        if self._unsent_bytes - unsent < self._least_bytes:
            self._gate.cut("answer")
            hang_up(transport)
            return
        self._unsent_bytes = unsent
        self._answer_deadline.arm(self._limits.grace_seconds, partial(self._look_at_answer, transport))

    @property
    def _least_bytes(self) -> float:
        return self._limits.slowest_bytes_per_second * self._limits.grace_seconds

    def _cut_for_header(self) -> None:
        self._cut("header")

    def _cut(self, reason: str) -> None:
        self._gate.cut(reason)
        self.abort()
