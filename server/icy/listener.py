"""One listener of a mount: a socket that is written to, never waited for.

Sound is put straight into the transport: as long as the line is fast that is one `send`, without a task. What the line does not take
waits in the transport, up to a bound; past it the listener is cut off, since a gap would ruin the count of bytes between titles, and
a player that reconnects is better off than one that lags. The bound is in seconds too, so that a line that is dead is found dead
within half a minute whatever the bit rate.
"""

import asyncio
import socket
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, TypeAlias

from server.door.hang_up import hang_up
from server.icy.titles import METAINT, UNCHANGED

LONGEST_LAG_SECONDS: Final = 16.0
"""Sound that may wait for a line; with what the kernels on both sides hold, a dead line is found within 30 s."""
SEND_BUFFER_BYTES: Final = 32_768
"""Of the kernel, a socket: little, so that the bound above sees a slow line soon."""

Marks: TypeAlias = Sequence[tuple[int, bytes]]
"""(byte offset in a chunk, ICY block in force from there on), in order, the first at 0."""


class Departure(StrEnum):
    """Why a listener is no more."""

    LEFT = "left"
    SLOW = "slow"


class Listener:
    """A place at a mount, from the first byte of sound to the departure."""

    __slots__ = ("_before_block", "_longest_queue_bytes", "_said", "_transport", "_wants_titles", "departure")

    def __init__(self, transport: asyncio.Transport, wants_titles: bool, longest_queue_bytes: int) -> None:
        self._transport = transport
        self._wants_titles = wants_titles
        self._longest_queue_bytes = longest_queue_bytes
        self._before_block = METAINT
        self._said: bytes | None = None
        self.departure: asyncio.Future[Departure] = asyncio.get_running_loop().create_future()
        # The door judges a line by the high-water mark; here the queue is judged instead.
        transport.set_write_buffer_limits(high=longest_queue_bytes)
        transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)

    def send(self, sound: bytes, marks: Marks) -> bool:
        """Writes `sound`, with titles between if they were asked for. False when the listener is gone, for ever after."""
        transport = self._transport
        if transport.is_closing():
            return self.depart(Departure.LEFT)
        if transport.get_write_buffer_size() + len(sound) > self._longest_queue_bytes:
            return self.depart(Departure.SLOW)
        transport.write(self._with_titles(sound, marks) if self._wants_titles else sound)
        return True

    def depart(self, why: Departure) -> bool:
        """Ends the connection at once, whatever still waits in it. Always False."""
        if not self.departure.done():
            self.departure.set_result(why)
        hang_up(self._transport)
        return False

    def _with_titles(self, sound: bytes, marks: Marks) -> bytes:
        pieces: list[bytes] = []
        begin = 0
        # A block stands before a byte: one that is due after the last byte waits for the next chunk and its title.
        while (end := begin + self._before_block) < len(sound):
            pieces += (sound[begin:end], self._block_at(end, marks))
            begin, self._before_block = end, METAINT
        self._before_block -= len(sound) - begin
        pieces.append(sound[begin:])
        return b"".join(pieces)

    def _block_at(self, offset: int, marks: Marks) -> bytes:
        in_force = marks[0][1]
        for start, block in marks[1:]:
            if start <= offset:
                in_force = block
        if in_force == self._said:
            return UNCHANGED
        self._said = in_force
        return in_force
