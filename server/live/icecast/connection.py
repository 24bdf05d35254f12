"""One connection at the source port: read with a bound, answered with a deadline, and ended so that the answer is still read."""

import asyncio
import socket
from contextlib import suppress
from typing import Final

from server.door.hang_up import hang_up
from server.live.icecast.request import HEAD_END, LONGEST_HEAD, Refusal, Request, parse

RECEIVE_BUFFER_BYTES: Final = 65_536
"""Of the kernel: little, so that a source that is held back notices soon."""
GOODBYE_SECONDS: Final = 2.0
"""How long an answer may take to be taken, and how long what still comes is thrown away."""


class Connection:
    """Somebody who has connected."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        peer = writer.get_extra_info("peername")
        self.address: str = peer[0] if isinstance(peer, tuple) else ""
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER_BYTES)

    async def request(self) -> Request:
        """The head of what he wants. Raises Refusal, and EOFError or ConnectionError if he goes before he has said it."""
        try:
            return parse(await self._reader.readuntil(HEAD_END))
        except asyncio.LimitOverrunError:
            raise Refusal(431, f"The request's head has more than {LONGEST_HEAD} bytes.") from None

    async def read(self, most: int) -> bytes:
        """What comes next; empty at its end. Raises ConnectionError."""
        return await self._reader.read(most)

    async def say(self, words: bytes) -> None:
        """Raises ConnectionError."""
        self._writer.write(words)
        await self._writer.drain()

    async def part(self, words: bytes = b"") -> None:
        """Says the last words and ends the connection. What still comes is read for a while: a reset would overtake the words."""
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(GOODBYE_SECONDS):
                if words:
                    await self.say(words)
                    self._writer.write_eof()
                    while await self._reader.read(LONGEST_HEAD):
                        pass
        self.cut()

    def cut(self) -> None:
        """Ends it now; again: nothing."""
        transport = self._writer.transport
        assert isinstance(transport, asyncio.Transport)
        hang_up(transport)
