"""Packets of 20 ms gathered to what one datagram carries: 20, 40 or 60 ms, on the grid of the station's clock.

What cannot go together (a hole between, another table of contents, too many bytes for one datagram) goes alone. It holds at most one
unfinished datagram.
"""

from dataclasses import dataclass
from typing import Final

from server.webrtc.opus_packets import NoOpusPacket, joined

LARGEST_PAYLOAD_BYTES: Final = 1_150
"""With the headers of RTP, SRTP, UDP and IPv6 this stays below 1,280 bytes, which every network carries whole."""


@dataclass(frozen=True, slots=True)
class Sound:
    """What one datagram carries."""

    position: int
    last_position: int
    """Of the last packet in it: the datagram is complete when that one is."""
    payload: bytes


class Gathering:
    """Gathers `frames` to one datagram out of packets of `packet_frames`."""

    def __init__(self, frames: int, packet_frames: int) -> None:
        self._frames = frames
        self._packet_frames = packet_frames
        self._from = 0
        self._held: list[bytes] = []

    def take(self, position: int, packet: bytes) -> list[Sound]:
        """What is complete with this packet, in order; packets come in order, holes between them are allowed."""
        if self._frames == self._packet_frames:
            return [Sound(position, position, packet)]
        done: list[Sound] = []
        follows = position == self._from + len(self._held) * self._packet_frames
        if self._held and not (follows and position % self._frames):
            done += self._let_go()
        if not self._held:
            self._from = position
        self._held.append(packet)
        if (position + self._packet_frames) % self._frames == 0:
            done += self._let_go()
        return done

    def _let_go(self) -> list[Sound]:
        held, self._held = self._held, []
        try:
            payload = joined(held)
        except NoOpusPacket:
            payload = None
        if payload is not None and len(payload) <= LARGEST_PAYLOAD_BYTES:
            return [Sound(self._from, self._from + (len(held) - 1) * self._packet_frames, payload)]
        return [
            Sound(position, position, packet)
            for position, packet in zip(
                range(self._from, self._from + len(held) * self._packet_frames, self._packet_frames), held, strict=True
            )
        ]
