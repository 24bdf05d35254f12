"""Opus packets taken apart and put together (RFC 6716, section 3.2): two or three of 20 ms become one of 40 or 60 without being encoded
again.

It knows bytes and no network. What one packet holds shares one table of contents (mode, bandwidth, length and channels of a frame), so
only packets of the same one can be joined.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

LONGEST_FRAME_BYTES: Final = 1_275
MOST_FRAMES: Final = 48
"""120 ms of 2.5 ms frames."""
_TWO_BYTES_FROM: Final = 252
"""A length from here on takes a second byte, which counts four."""


class NoOpusPacket(ValueError):
    """These bytes are no Opus packet."""


@dataclass(frozen=True, slots=True)
class OpusFrames:
    """What a packet holds."""

    contents: int
    """The table of contents without its frame count code: bits 2 to 7."""
    frames: tuple[bytes, ...]


def unpacked(packet: bytes) -> OpusFrames:
    """Raises NoOpusPacket."""
    if not packet:
        raise NoOpusPacket("it is empty")
    code, rest = packet[0] & 3, packet[1:]
    match code:
        case 0:
            frames = [rest]
        case 1:
            frames = _equal(rest, 2)
        case 2:
            frames = _of_lengths(rest, 1)
        case _:
            frames = _counted(rest)
    if any(len(frame) > LONGEST_FRAME_BYTES for frame in frames):
        raise NoOpusPacket("a frame is longer than a frame may be")
    return OpusFrames(packet[0] & 0xFC, tuple(frames))


def packed(held: OpusFrames) -> bytes:
    """One packet with these frames, without padding. Raises NoOpusPacket for none, or for more than a packet can hold."""
    count, equal = len(held.frames), len({len(frame) for frame in held.frames}) <= 1
    if not 1 <= count <= MOST_FRAMES:
        raise NoOpusPacket(f"a packet cannot hold {count} frames")
    sound = b"".join(held.frames)
    if count == 1:
        return bytes((held.contents,)) + sound
    if count == 2:
        head = bytes((held.contents | 1,)) if equal else bytes((held.contents | 2,)) + _length(held.frames[0])
        return head + sound
    if equal:
        return bytes((held.contents | 3, count)) + sound
    return bytes((held.contents | 3, 0x80 | count)) + b"".join(map(_length, held.frames[:-1])) + sound


def joined(packets: Sequence[bytes]) -> bytes | None:
    """One packet that plays like all of these; None if they do not go together. Raises NoOpusPacket."""
    held = [unpacked(packet) for packet in packets]
    if len({one.contents for one in held}) != 1:
        return None
    return packed(OpusFrames(held[0].contents, tuple(frame for one in held for frame in one.frames)))


def _counted(rest: bytes) -> list[bytes]:
    """The frames of a packet of code 3: a count, perhaps padding, perhaps a length for each."""
    if not rest:
        raise NoOpusPacket("it ends before its count of frames")
    count, has_padding, has_lengths, rest = rest[0] & 0x3F, rest[0] & 0x40, rest[0] & 0x80, rest[1:]
    if not 1 <= count <= MOST_FRAMES:
        raise NoOpusPacket(f"it cannot hold {count} frames")
    if has_padding:
        rest = _without_padding(rest)
    return _of_lengths(rest, count - 1) if has_lengths else _equal(rest, count)


def _without_padding(rest: bytes) -> bytes:
    padding = 0
    while rest and rest[0] == 255:
        padding, rest = padding + 254, rest[1:]
    if not rest or padding + rest[0] > len(rest) - 1:
        raise NoOpusPacket("it ends within its padding")
    return rest[1 : len(rest) - padding - rest[0]]


def _equal(rest: bytes, count: int) -> list[bytes]:
    if len(rest) % count:
        raise NoOpusPacket(f"{len(rest)} bytes are not {count} frames of one length")
    length = len(rest) // count
    return [rest[number * length : (number + 1) * length] for number in range(count)]


def _of_lengths(rest: bytes, count: int) -> list[bytes]:
    """As many frames as have a length, and one more that takes what is left."""
    lengths = []
    for _ in range(count):
        if not rest or (rest[0] >= _TWO_BYTES_FROM and len(rest) < 2):
            raise NoOpusPacket("it ends within its lengths")
        long = rest[0] >= _TWO_BYTES_FROM
        lengths.append(rest[0] + 4 * rest[1] if long else rest[0])
        rest = rest[2 if long else 1 :]
    frames = []
    for length in lengths:
        if length > len(rest):
            raise NoOpusPacket("it ends within a frame")
        frames.append(rest[:length])
        rest = rest[length:]
    return [*frames, rest]


def _length(frame: bytes) -> bytes:
    size = len(frame)
    if size < _TWO_BYTES_FROM:
        return bytes((size,))
    low = _TWO_BYTES_FROM + size % 4
    return bytes((low, (size - low) // 4))
