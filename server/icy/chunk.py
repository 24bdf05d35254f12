"""What goes out to a mount's listeners at once: about a part of a rendition, framed for the socket.

Packets know positions, sockets know bytes; a chunk is where the two meet, so that a title can be put before the byte it belongs to.
"""

from dataclasses import dataclass
from itertools import accumulate
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive packets of one rendition as bytes on the wire."""

    position: int
    """Of the first packet."""
    packet_frames: int
    data: bytes
    offsets: tuple[int, ...]
    """Where each packet begins in `data`."""
    head: bytes = b""
    """What a player who begins with this chunk must get before it."""

    @property
    def end(self) -> int:
        """The position after the last packet."""
        return self.position + len(self.offsets) * self.packet_frames

    def offset_of(self, position: int) -> int:
        """The byte at which the first packet at or after `position` begins; the length of `data` if that packet is not here."""
        index = max(0, -(-(position - self.position) // self.packet_frames))
        return self.offsets[index] if index < len(self.offsets) else len(self.data)


class Framing(Protocol):
    """How packets of a codec follow one another in an endless HTTP body."""

    def frame(self, position: int, packets: list[bytes]) -> Chunk:
        """The bytes for `packets`, at least one, which follow those of the last call."""


class Bare:
    """MP3: its frames carry their own headers, nothing is added."""

    def __init__(self, packet_frames: int) -> None:
        self._packet_frames = packet_frames

    def frame(self, position: int, packets: list[bytes]) -> Chunk:
        return Chunk(position, self._packet_frames, b"".join(packets), offsets_of(packets))


def offsets_of(pieces: list[bytes]) -> tuple[int, ...]:
    """Where each piece begins when all are joined."""
    return tuple(accumulate((len(piece) for piece in pieces[:-1]), initial=0))
