"""Opus in Ogg (RFC 7845), endless: a page a chunk.

`OneStream` stays one logical stream for ever, since Firefox falls silent at a chain; its listeners read titles elsewhere. `Chained`
begins a new logical stream at each title and names it in its OpusTags; a player that resets its decoder there loses nothing, because
the last 80 ms are sent again under the pre-skip.

Pages are shared by all listeners: one who comes later gets the head pages, then pages with the numbers and granules of the stream
as it is, like a listener of any Ogg mount.
"""

import struct
from collections.abc import Callable
from typing import Final

from server.icy.chunk import Chunk
from server.icy.ogg import FIRST, LAST, OggStream

PREROLL_PACKETS: Final = 4
"""80 ms of 20 ms packets: what RFC 7845 4.2 asks for a decoder to converge."""
VENDOR: Final = b"SonicForge"


def opus_tags(comments: dict[str, str]) -> bytes:
    """The OpusTags packet (RFC 7845 5.2)."""
    fields = [f"{name}={value}".encode() for name, value in comments.items() if value]
    packed = (struct.pack("<I", len(field)) + field for field in fields)
    return b"OpusTags" + struct.pack("<I", len(VENDOR)) + VENDOR + struct.pack("<I", len(fields)) + b"".join(packed)


def with_pre_skip(opus_head: bytes, samples: int) -> bytes:
    """The same OpusHead with another pre-skip, in samples at 48 kHz."""
    return opus_head[:10] + struct.pack("<H", samples) + opus_head[12:]


class OneStream:
    """The whole life of the mount in one logical stream."""

    def __init__(self, opus_head: bytes, packet_frames: int, comments: dict[str, str], serial: int = 1) -> None:
        self._packet_frames = packet_frames
        self._stream = OggStream(serial)
        self._samples = 0
        self.head = self._stream.page([opus_head], 0, FIRST) + self._stream.page([opus_tags(comments)], 0)

    def frame(self, position: int, packets: list[bytes]) -> Chunk:
        return Chunk(position, self._packet_frames, self.page(packets), (0,) * len(packets), self.head)

    def page(self, packets: list[bytes], flags: int = 0) -> bytes:
        """The packets in a page of the stream; granules go by what was sent, so a hole on air is none here."""
        self._samples += len(packets) * self._packet_frames
        return self._stream.page(packets, self._samples, flags)


class Chained:
    """A new logical stream at each title."""

    def __init__(self, opus_head: bytes, packet_frames: int, comments_at: Callable[[int], dict[str, str]]) -> None:
        self._opus_head = opus_head
        self._packet_frames = packet_frames
        self._comments_at = comments_at
        self._comments: dict[str, str] | None = None
        self._link: OneStream | None = None
        self._recent: list[bytes] = []

    def frame(self, position: int, packets: list[bytes]) -> Chunk:
        head = self._link.head if self._link else b""
        pieces: list[bytes] = []
        waiting: list[bytes] = []
        for index, packet in enumerate(packets):
            comments = self._comments_at(position + index * self._packet_frames)
            if self._link is None or comments != self._comments:
                pieces += self._begin(position + index * self._packet_frames, comments, waiting)
                waiting = []
            waiting.append(packet)
            self._recent = [*self._recent, packet][-PREROLL_PACKETS:]
        assert self._link is not None
        pieces.append(self._link.page(waiting))
        return Chunk(position, self._packet_frames, b"".join(pieces), (0,) * len(packets), head)

    def _begin(self, position: int, comments: dict[str, str], waiting: list[bytes]) -> list[bytes]:
        """The pages that end the present link with `waiting` and open the next one."""
        pages = [self._link.page(waiting, LAST)] if self._link else []
        opus_head = self._opus_head
        if self._link:
            opus_head = with_pre_skip(opus_head, len(self._recent) * self._packet_frames)
        self._comments = comments
        self._link = OneStream(opus_head, self._packet_frames, comments, position // self._packet_frames)
        pages.append(self._link.head)
        if pages[1:]:
            pages.append(self._link.page(self._recent))
        return pages
