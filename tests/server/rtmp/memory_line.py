"""Connections in memory: fast, slow, stuck or cut, between a link and the tests' own ingest."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from server.rtmp.target import Address
from tests.server.rtmp.ingest import Ingest, Ingests

HIGH_BYTES = 65_536


class MemoryLine(asyncio.Transport):
    """The publisher's end. What is written leaves at `bytes_a_second`; None: at once; 0: never."""

    def __init__(self, protocol: asyncio.Protocol, ingest: Ingest, bytes_a_second: float | None) -> None:
        super().__init__()
        self.ingest = ingest
        self.most_waited = 0
        self.bytes_a_second = bytes_a_second
        self._protocol = protocol
        self._waiting = bytearray()
        self._paused = False
        self._closing = False
        self._lost = False
        self._loop = asyncio.get_running_loop()
        self._loop.call_soon(protocol.connection_made, self)

    def get_extra_info(self, name: str, default: Any = None) -> Any:  # noqa: ARG002
        return default

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        assert (high, low) == (HIGH_BYTES, None)

    def get_write_buffer_size(self) -> int:
        return len(self._waiting)

    def is_closing(self) -> bool:
        return self._closing

    def write(self, data: bytes | bytearray | memoryview) -> None:
        assert not self._closing, "written after it was closed"
        began = not self._waiting
        self._waiting += data
        self.most_waited = max(self.most_waited, len(self._waiting))
        if began:
            self._loop.call_soon(self._move)
        if len(self._waiting) > HIGH_BYTES and not self._paused:
            self._paused = True
            self._protocol.pause_writing()

    def close(self) -> None:
        self._closing = True
        if not self._waiting:
            self._loop.call_soon(self._lose, None)

    def abort(self) -> None:
        self._closing = True
        self._loop.call_soon(self._lose, None)

    def cut(self) -> None:
        """The other side resets the connection."""
        self._closing = True
        self._loop.call_soon(self._lose, ConnectionResetError())

    def _lose(self, error: Exception | None) -> None:
        if not self._lost:
            self._lost = True
            self._protocol.connection_lost(error)

    def _move(self) -> None:
        """Carries what the line takes in a tenth of a second."""
        if self._lost or self.bytes_a_second == 0:
            return
        count = len(self._waiting) if self.bytes_a_second is None else max(1, int(self.bytes_a_second / 10))
        carried = bytes(self._waiting[:count])
        del self._waiting[:count]
        if self._waiting:
            self._loop.call_later(0.1, self._move)
        answer = self.ingest.receive(carried)
        if answer:
            self._loop.call_soon(self._answered, answer)
        if self.ingest.hung_up:
            self.cut()
        elif not self._waiting and self._closing:
            self._lose(None)
        elif self._paused and len(self._waiting) <= HIGH_BYTES // 4:
            self._paused = False
            self._protocol.resume_writing()

    def _answered(self, answer: bytes) -> None:
        if not self._lost:
            self._protocol.data_received(answer)


@dataclass
class MemoryDial:
    """A Dial (server/rtmp/dial.py) to these ingests. What stands in `failures` happens first, one a call: an error, or None: it hangs."""

    ingests: Ingests = field(default_factory=Ingests)
    failures: list[OSError | None] = field(default_factory=list)
    bytes_a_second: float | None = None
    lines: list[MemoryLine] = field(default_factory=list)
    called_at: list[float] = field(default_factory=list)

    async def __call__(self, address: Address, protocol: Callable[[], asyncio.Protocol], /) -> None:
        assert address.app
        self.called_at.append(asyncio.get_running_loop().time())
        if self.failures:
            failure = self.failures.pop(0)
            if failure is None:
                await asyncio.get_running_loop().create_future()
            else:
                raise failure
        self.lines.append(MemoryLine(protocol(), self.ingests.next(), self.bytes_a_second))
