"""RTMP's chunk stream: messages cut into chunks and put together again. Source: Adobe, RTMP 1.0, section 5.

No socket and no clock: bytes in, messages out, and the other way round. What comes from outside is bounded in every direction.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

DEFAULT_CHUNK_BYTES: Final = 128
LARGEST_CHUNK_BYTES: Final = 0xFFFFFF
LARGEST_MESSAGE_BYTES: Final = 1_048_576
"""What a server may send us: it has nothing to say but short answers."""
MOST_CHUNK_STREAMS: Final = 64
EXTENDED: Final = 0xFFFFFF
"""This in the place of a time says that four bytes with the real one follow the header."""
_TIME_MASK: Final = 0xFFFFFFFF
_HEADER_BYTES: Final = (11, 7, 3, 0)


class Kind(IntEnum):
    """What a message is."""

    CHUNK_SIZE = 1
    ABORT = 2
    ACKNOWLEDGEMENT = 3
    USER_CONTROL = 4
    WINDOW_SIZE = 5
    PEER_BANDWIDTH = 6
    AUDIO = 8
    VIDEO = 9
    DATA = 18
    COMMAND = 20


class ChunksBroken(Exception):
    """What came is no chunk stream, or one that asks for too much."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message as it came."""

    kind: int
    stream_id: int
    milliseconds: int
    body: bytes


class ChunkWriter:
    """Cuts our messages."""

    def __init__(self) -> None:
        self.chunk_bytes = DEFAULT_CHUNK_BYTES

    def cut(self, chunk_stream: int, kind: int, stream_id: int, milliseconds: int, body: bytes) -> bytes:
        """A message with a full header, ready to be sent. `chunk_stream`: 2 to 63. Times wrap after 49 days."""
        time = milliseconds & _TIME_MASK
        extended = time.to_bytes(4, "big") if time >= EXTENDED else b""
        header = b"".join(
            (
                bytes([chunk_stream]),
                min(time, EXTENDED).to_bytes(3, "big"),
                len(body).to_bytes(3, "big"),
                bytes([kind]),
                stream_id.to_bytes(4, "little"),
                extended,
            )
        )
        size = self.chunk_bytes
        if len(body) <= size:
            return header + body
        pieces = [header, body[:size]]
        again = bytes([0xC0 | chunk_stream]) + extended
        for start in range(size, len(body), size):
            pieces += again, body[start : start + size]
        return b"".join(pieces)


@dataclass(slots=True)
class _Stream:
    """What is remembered of one chunk stream."""

    milliseconds: int = 0
    delta: int = 0
    extended: bool = False
    length: int = 0
    kind: int = 0
    stream_id: int = 0
    known: bool = False
    body: bytearray = field(default_factory=bytearray)


class ChunkReader:
    """Puts the other side's messages together. It obeys Set Chunk Size and Abort by itself."""

    def __init__(self) -> None:
        self._chunk_bytes = DEFAULT_CHUNK_BYTES
        self._rest = bytearray()
        self._streams: dict[int, _Stream] = {}

    def put(self, data: bytes) -> Iterator[Message]:
        """The messages that `data` completes. Raises ChunksBroken."""
        self._rest += data
        while True:
            used, message = self._chunk()
            if not used:
                return
            del self._rest[:used]
            if message is None:
                continue
            if message.kind in (Kind.CHUNK_SIZE, Kind.ABORT):
                self._obey(message)
            else:
                yield message

    def _chunk(self) -> tuple[int, Message | None]:
        """How many bytes the next chunk takes, 0 if it is not all there; and the message that it completes."""
        rest = self._rest
        number, at = _number(rest)
        if at == 0:
            return 0, None
        form = rest[0] >> 6
        end = at + _HEADER_BYTES[form]
        if len(rest) < end:
            return 0, None
        stream = self._stream(number)
        header = rest[at:end]
        time, length = int.from_bytes(header[:3], "big"), int.from_bytes(header[3:6], "big")
        extended = time == EXTENDED if form < 3 else stream.extended
        if extended:
            if len(rest) < end + 4:
                return 0, None
            time = int.from_bytes(rest[end : end + 4], "big")
            end += 4
        if form > 1:
            length = stream.length
        self._check(stream, form, length)
        size = min(self._chunk_bytes, length - len(stream.body))
        if len(rest) < end + size:
            return 0, None
        if not stream.body:
            _begin(stream, form, header, time, length, extended)
        stream.body += rest[end : end + size]
        return end + size, _finished(stream)

    def _stream(self, number: int) -> _Stream:
        stream = self._streams.get(number)
        if stream is None:
            if len(self._streams) >= MOST_CHUNK_STREAMS:
                raise ChunksBroken(f"more than {MOST_CHUNK_STREAMS} chunk streams")
            stream = self._streams[number] = _Stream()
        return stream

    def _check(self, stream: _Stream, form: int, length: int) -> None:
        if form > 0 and not stream.known:
            raise ChunksBroken("a chunk that refers to one that never came")
        if form < 3 and stream.body:
            raise ChunksBroken("a message that begins within another")
        if length > LARGEST_MESSAGE_BYTES:
            raise ChunksBroken(f"a message of {length} bytes")

    def _obey(self, message: Message) -> None:
        if len(message.body) < 4:
            raise ChunksBroken("an order without its number")
        number = int.from_bytes(message.body[:4], "big")
        if message.kind == Kind.ABORT:
            if number in self._streams:
                self._streams[number].body.clear()
        elif 1 <= number <= 0x7FFFFFFF:
            self._chunk_bytes = min(number, LARGEST_CHUNK_BYTES)
        else:
            raise ChunksBroken(f"chunks of {number} bytes")


def _number(rest: bytearray) -> tuple[int, int]:
    """The chunk stream's number and the bytes it took; 0 bytes if they are not all there."""
    number = rest[0] & 63 if rest else 2
    if not rest or len(rest) < (2 if number == 0 else 3 if number == 1 else 1):
        return 0, 0
    if number == 0:
        return 64 + rest[1], 2
    if number == 1:
        return 64 + rest[1] + rest[2] * 256, 3
    return number, 1


def _begin(stream: _Stream, form: int, header: bytes | bytearray, time: int, length: int, extended: bool) -> None:
    """A message begins: takes over what its header says, the rest is as it was."""
    if form == 0:
        stream.milliseconds, stream.delta = time, 0
        stream.stream_id = int.from_bytes(header[7:11], "little")
    elif form < 3:
        stream.delta = time
    if form > 0:
        stream.milliseconds = (stream.milliseconds + stream.delta) & _TIME_MASK
    if form < 2:
        stream.length, stream.kind = length, header[6]
    if form < 3:
        stream.extended = extended
    stream.known = True


def _finished(stream: _Stream) -> Message | None:
    if len(stream.body) < stream.length:
        return None
    body = bytes(stream.body)
    stream.body.clear()
    return Message(stream.kind, stream.stream_id, stream.milliseconds, body)
