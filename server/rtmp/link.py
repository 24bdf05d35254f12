"""A link: one connection to an ingest, with the session on it. It tells how far it is, that it ended and why, and whether it moves."""

import asyncio
import socket
import struct
from collections.abc import Callable
from typing import Final

from server.rtmp.media import Opening, Tag, TagKind
from server.rtmp.session import Connected, Over, Published, Session

DEAD_SECONDS: Final = 8.0
"""Nothing that we sent has arrived for so long: nobody is there."""
WAITING_BYTES: Final = 65_536
"""What may wait in front of the kernel: the rest waits in the backlog, where it can still be dropped."""
GOODBYE_SECONDS: Final = 1.0
_TCP_INFO_BYTES_ACKED: Final = 120
"""Where linux/tcp.h has tcpi_bytes_acked."""


class Lost(Exception):
    """The link has ended."""

    def __init__(self, over: Over) -> None:
        super().__init__(over.reason)
        self.over = over


class Link(asyncio.Protocol):
    """One publisher's side of one connection. Made on the loop."""

    def __init__(self, session: Session, pump: Callable[[], None]) -> None:
        """`pump` is called whenever more may be sent."""
        loop = asyncio.get_running_loop()
        self.connected: asyncio.Future[None] = loop.create_future()
        self.published: asyncio.Future[None] = loop.create_future()
        self.ended: asyncio.Future[Over] = loop.create_future()
        self.closed: asyncio.Future[None] = loop.create_future()
        self.sent_bytes = 0
        self._session = session
        self._pump = pump
        self._transport: asyncio.Transport | None = None
        self._may_write = True
        self._moved = (loop.time(), 0, 0)

    @property
    def writable(self) -> bool:
        """Whether the next tag may be sent."""
        return self._may_write and self.published.done() and not self.ended.done()

    async def reached(self, step: asyncio.Future[None]) -> None:
        """Returns when `connected` or `published` has come. Raises Lost."""
        await asyncio.wait((step, self.ended), return_when=asyncio.FIRST_COMPLETED)
        if self.ended.done():
            raise Lost(self.ended.result())

    def publish(self) -> None:
        """Asks to publish, once it is connected."""
        self._session.publish()
        self._write()

    def open(self, opening: Opening) -> None:
        """What comes before the first tag."""
        self._session.metadata(0, opening.metadata)
        self._session.picture(0, opening.pictures)
        self._session.sound(0, opening.sound)
        self._write()

    def send(self, tag: Tag, milliseconds: int) -> None:
        """One tag at its time in this session. Only while `writable`."""
        match tag.kind:
            case TagKind.SOUND:
                self._session.sound(milliseconds, tag.body)
            case TagKind.PICTURE:
                self._session.picture(milliseconds, tag.body)
            case TagKind.TITLE:
                self._session.metadata(milliseconds, tag.body)
        self._write()

    def dead(self, now: float) -> bool:
        """Whether what was sent has not arrived for DEAD_SECONDS. To be asked about once a second."""
        waiting = 0 if self._transport is None else self._transport.get_write_buffer_size()
        arrived = _acknowledged(self._transport)
        if arrived is None:
            arrived = self.sent_bytes - waiting
        since, sent, before = self._moved
        if arrived != before or (sent == self.sent_bytes and not waiting):
            self._moved = (now, self.sent_bytes, arrived)
            return False
        return now - since >= DEAD_SECONDS

    async def finish(self) -> None:
        """Says goodbye, sends what still waits if that goes quickly, and closes."""
        if self._transport is not None and not self.ended.done():
            self._session.say_goodbye()
            self._write()
            self._end(Over("", refused=False))
            self._transport.close()
            await asyncio.wait((self.closed,), timeout=GOODBYE_SECONDS)
        self.abort("")

    def abort(self, reason: str) -> None:
        """Ends it here and now."""
        self._end(Over(reason, refused=False))
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.set_write_buffer_limits(high=WAITING_BYTES)
        self._moved = (asyncio.get_running_loop().time(), 0, 0)
        self._write()

    def data_received(self, data: bytes) -> None:
        for event in self._session.receive(data):
            match event:
                case Connected():
                    self.connected.set_result(None)
                case Published():
                    self.published.set_result(None)
                case Over():
                    self._end(event)
                    self.abort("")
        self._write()

    def connection_lost(self, error: Exception | None) -> None:  # noqa: ARG002 -- which of its deaths it died says nothing to people
        if self.connected.done() and not self.published.done():
            self._end(Over("the platform closed the connection when it was told the stream key", refused=False))
        self._end(Over("the server closed the connection", refused=False))
        if not self.closed.done():
            self.closed.set_result(None)

    def pause_writing(self) -> None:
        self._may_write = False

    def resume_writing(self) -> None:
        self._may_write = True
        self._pump()

    def _write(self) -> None:
        out = self._session.take_out()
        if out and self._transport is not None and not self.ended.done():
            self.sent_bytes += len(out)
            self._transport.write(out)

    def _end(self, over: Over) -> None:
        if not self.ended.done():
            self.ended.set_result(over)


def _acknowledged(transport: asyncio.BaseTransport | None) -> int | None:
    """Bytes that the other machine has confirmed, as Linux knows it; None where it cannot be known."""
    line = transport.get_extra_info("socket") if transport is not None else None
    if line is None or not hasattr(socket, "TCP_INFO"):
        return None
    try:
        told = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 192)
    except OSError:
        return None
    return int(struct.unpack_from("=Q", told, _TCP_INFO_BYTES_ACKED)[0]) if len(told) >= _TCP_INFO_BYTES_ACKED + 8 else None
