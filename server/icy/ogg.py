"""Ogg pages (RFC 3533): packets in, bytes out. Knows nothing of what the packets hold.

The checksum is CRC-32 with the polynomial 0x04c11db7, most significant bit first, begun with 0. zlib has the same polynomial with
all bits mirrored and both ends inverted; mirroring in and out gives Ogg's at the speed of C.
"""

import struct
import zlib
from typing import Final

CONTINUED: Final = 1
FIRST: Final = 2
LAST: Final = 4
MOST_SEGMENTS: Final = 255

_MIRRORED: Final = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def checksum(data: bytes) -> int:
    """Ogg's CRC-32 of `data`."""
    mirrored = zlib.crc32(data.translate(_MIRRORED), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int.from_bytes(mirrored.to_bytes(4, "little").translate(_MIRRORED), "big")


def lacing(packet: bytes) -> bytes:
    """The segment table of one packet: 255 as often as it goes, then the rest, which may be 0."""
    return b"\xff" * (len(packet) // 255) + bytes([len(packet) % 255])


class OggStream:
    """One logical stream: counts its pages."""

    def __init__(self, serial: int) -> None:
        self.serial = serial & 0xFFFFFFFF
        self._pages = 0

    def page(self, packets: list[bytes], granule: int, flags: int = 0) -> bytes:
        """The next page, holding whole packets, none for a page that only ends the stream.

        Raises ValueError when they need more than 255 segments.
        """
        table = b"".join(lacing(packet) for packet in packets)
        if len(table) > MOST_SEGMENTS:
            raise ValueError(f"{len(packets)} packets need {len(table)} segments; a page has {MOST_SEGMENTS}")
        before = struct.pack("<4sBBQII", b"OggS", 0, flags, granule, self.serial, self._pages)
        after = bytes([len(table)]) + table + b"".join(packets)
        self._pages += 1
        return b"".join((before, struct.pack("<I", checksum(before + b"\0\0\0\0" + after)), after))
