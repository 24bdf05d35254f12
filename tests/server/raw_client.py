"""A client that owns its bytes: tests misbehave with it in ways an HTTP library forbids."""

import asyncio
import socket
from types import TracebackType
from typing import Self


class RawClient:
    """One TCP connection to a port of this machine."""

    def __init__(self, port: int, receive_buffer_bytes: int | None = None) -> None:
        self._port = port
        self._receive_buffer_bytes = receive_buffer_bytes
        self._socket = socket.socket()

    async def __aenter__(self) -> Self:
        if self._receive_buffer_bytes:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, self._receive_buffer_bytes)
        self._socket.setblocking(False)
        await asyncio.get_running_loop().sock_connect(self._socket, ("127.0.0.1", self._port))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._socket.close()

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self._socket, data)

    async def receive(self, most: int = 65_536) -> bytes:
        """What comes next; empty at the end, however the connection ended."""
        try:
            return await asyncio.get_running_loop().sock_recv(self._socket, most)
        except ConnectionError:
            return b""

    async def receive_until(self, mark: bytes, within_seconds: float = 5.0) -> bytes:
        """All bytes up to the first that hold `mark`. Fails if the connection ends before."""
        got = b""
        async with asyncio.timeout(within_seconds):
            while mark not in got:
                more = await self.receive()
                assert more, f"the connection ended after {got[:300]!r}"
                got += more
        return got

    async def receive_bytes(self, count: int, within_seconds: float = 5.0) -> bytes:
        """At least `count` bytes."""
        got = b""
        async with asyncio.timeout(within_seconds):
            while len(got) < count:
                more = await self.receive()
                assert more, f"the connection ended after {len(got)} bytes"
                got += more
        return got

    async def receive_all(self, within_seconds: float = 5.0) -> bytes:
        """Everything until the other side ends the connection; TimeoutError if it does not."""
        got = b""
        async with asyncio.timeout(within_seconds):
            while more := await self.receive():
                got += more
        return got
