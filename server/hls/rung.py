"""One AAC rendition of a station as HLS knows it: its parts and segments as bytes, and how large they are.

It owns the bytes and how long they can be had; what is listed and who waits is the window's (window.py).
"""

from typing import Final

from server.clock import SEGMENT_FRAMES
from server.hls.boxes import init_segment
from server.hls.segmenter import PARTS_A_SEGMENT, Part, Segmenter
from server.wire.wire import Rendition

LISTED_SEGMENTS: Final = 15
"""57.6 s."""
KEPT_SEGMENTS: Final = 2 * LISTED_SEGMENTS + 2
"""A segment can be had for the length of the playlist after it has left it (RFC 8216bis, 6.2.2)."""
_SEGMENT_SECONDS: Final = SEGMENT_FRAMES / 48_000


class Rung:
    """The parts and segments of one rendition. Numbers count from the epoch."""

    def __init__(self, rendition: Rendition) -> None:
        self.rendition = rendition
        self.init = init_segment(rendition)
        self.begin = 0
        """The first part behind the last hole."""
        self.edge = 0
        """The part that must come next."""
        self._segmenter = Segmenter(rendition.packet_frames)
        self._parts: dict[int, bytes | memoryview] = {}
        self._segments: dict[int, bytes] = {}

    def take(self, sitting: int, position: int, packets: list[bytes]) -> list[Part]:
        """The parts that became whole. Behind a hole everything before it is forgotten."""
        made = self._segmenter.cut(sitting, position, packets)
        for part in made:
            if part.number != self.edge:
                self._parts.clear()
                self._segments.clear()
                self.begin = part.number
            self._parts[part.number] = part.data
            self.edge = part.number + 1
            if self.edge % PARTS_A_SEGMENT == 0 and self.edge - PARTS_A_SEGMENT >= self.begin:
                self._close_segment(self.edge // PARTS_A_SEGMENT - 1)
        return made

    def _close_segment(self, number: int) -> None:
        """Joins the parts of a segment; they stay as views of it."""
        numbers = range(number * PARTS_A_SEGMENT, (number + 1) * PARTS_A_SEGMENT)
        data = b"".join(self._parts[part] for part in numbers)
        self._segments[number] = data
        view, start = memoryview(data), 0
        for part in numbers:
            end = start + len(self._parts[part])
            self._parts[part] = view[start:end]
            start = end
        self._segments.pop(number - KEPT_SEGMENTS, None)
        for part in numbers:
            self._parts.pop(part - KEPT_SEGMENTS * PARTS_A_SEGMENT, None)

    def part(self, number: int) -> bytes | None:
        """moof and mdat of a part, or None if it is gone or not yet here."""
        data = self._parts.get(number)
        return None if data is None else bytes(data)

    def segment(self, number: int) -> bytes | None:
        """All parts of a segment, or None if it is gone or not yet here."""
        return self._segments.get(number)

    def bits_per_second(self) -> tuple[int, int]:
        """Peak and average of the segments that are listed; 0, 0 before the first."""
        listed = sorted(self._segments)[-LISTED_SEGMENTS:]
        if not listed:
            return 0, 0
        sizes = [len(self._segments[number]) for number in listed]
        return round(max(sizes) * 8 / _SEGMENT_SECONDS), round(sum(sizes) / len(sizes) * 8 / _SEGMENT_SECONDS)
