"""ADTS: seven bytes before each raw AAC access unit, so that a player may begin at any of them (ISO/IEC 14496-3, 1.A.2.2)."""

from typing import Final

from server.icy.chunk import Chunk, offsets_of

HEADER_BYTES: Final = 7
LONGEST_UNIT: Final = (1 << 13) - 1 - HEADER_BYTES
"""The frame length has 13 bits."""


class Adts:
    """Frames AAC-LC as its AudioSpecificConfig describes it.

    Raises ValueError for a configuration that ADTS cannot say: an object type above 4, a sampling rate outside the table,
    a channel layout of its own.
    """

    def __init__(self, audio_specific_config: bytes, packet_frames: int) -> None:
        self._packet_frames = packet_frames
        bits = int.from_bytes(audio_specific_config[:2], "big")
        object_type, rate_index, channels = bits >> 11, bits >> 7 & 0xF, bits >> 3 & 0xF
        if len(audio_specific_config) < 2 or not 1 <= object_type <= 4 or rate_index > 12 or not 1 <= channels <= 7:
            raise ValueError(f"ADTS cannot say this AudioSpecificConfig: {audio_specific_config.hex()}")
        # Sync word, MPEG-4, layer 0, no CRC; profile, rate, channels; buffer fullness 0x7ff: variable rate; one unit a frame.
        self._fixed = 0xFFF1 << 40 | (object_type - 1) << 38 | rate_index << 34 | channels << 30 | 0x7FF << 2

    def header(self, unit_bytes: int) -> bytes:
        """The seven bytes before an access unit of that size."""
        if unit_bytes > LONGEST_UNIT:
            raise ValueError(f"an access unit of {unit_bytes} bytes is too long for ADTS")
        return (self._fixed | (unit_bytes + HEADER_BYTES) << 13).to_bytes(HEADER_BYTES, "big")

    def frame(self, position: int, packets: list[bytes]) -> Chunk:
        units = [self.header(len(unit)) + unit for unit in packets]
        return Chunk(position, self._packet_frames, b"".join(units), offsets_of(units))
