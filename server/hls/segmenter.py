"""Cuts the packets of one AAC rendition into parts on the station's grid.

Part n is the packets whose position lies in [n * 15360, (n + 1) * 15360); a segment is 12 parts. Nothing is measured, so every front
cuts the same bytes. A part is made only when all of its packets came: behind a hole it goes on with the next whole part.
"""

from dataclasses import dataclass
from typing import Final

from server.clock import PART_FRAMES, SEGMENT_FRAMES
from server.hls.boxes import fragment

PARTS_A_SEGMENT: Final = SEGMENT_FRAMES // PART_FRAMES


@dataclass(frozen=True, slots=True)
class Part:
    """0.32 s of one rendition."""

    number: int
    """Of the part since the epoch: its position is `number * 15360`."""
    sitting: int
    """That of its first packet."""
    data: bytes
    """One moof and one mdat."""


class Segmenter:
    """Packets in, parts out, of one rendition."""

    def __init__(self, packet_frames: int) -> None:
        """`packet_frames` must divide a part."""
        self._packet_frames = packet_frames
        self._next: int | None = None
        self._sitting = 0
        self._begun: list[bytes] = []
        """The packets of the part that has begun; empty: waiting for the first packet of a part."""

    def cut(self, sitting: int, position: int, packets: list[bytes]) -> list[Part]:
        """The parts that `packets` complete."""
        if position != self._next:
            self._begun = []
        made = []
        for packet in packets:
            if position % PART_FRAMES == 0:
                self._begun = [packet]
                self._sitting = sitting
            elif self._begun:
                self._begun.append(packet)
            position += self._packet_frames
            if position % PART_FRAMES == 0 and self._begun:
                number = position // PART_FRAMES - 1
                made.append(Part(number, self._sitting, fragment(number, number * PART_FRAMES, self._begun)))
                self._begun = []
        self._next = position
        return made
