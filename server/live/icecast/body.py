"""The body of a request at the source port: bytes as they come in, the content out. It knows no socket.

Sources send a body without an end, a body in chunks, or (a file) one whose length is known.
"""

import re
from typing import Final, Protocol

from server.live.icecast.request import Refusal, Request

_CHUNK_HEAD: Final = re.compile(rb"([0-9A-Fa-f]{1,8})(?:[ \t]*;[^\r\n]*)?")
_LONGEST_CHUNK_HEAD: Final = 256
_CRLF: Final = b"\r\n"


class Body(Protocol):
    """What is left of a request after its head."""

    @property
    def done(self) -> bool:
        """Its end has come."""

    def take(self, data: bytes) -> bytes:
        """The content in what came next. Raises Refusal."""


class Endless:
    """Ends with the connection."""

    done: Final = False

    def take(self, data: bytes) -> bytes:
        return data


class Sized:
    """Has a known length."""

    def __init__(self, length: int) -> None:
        self._left = length

    @property
    def done(self) -> bool:
        return self._left == 0

    def take(self, data: bytes) -> bytes:
        content = data[: self._left]
        self._left -= len(content)
        return content


class Chunked:
    """Comes in chunks (RFC 9112, 7.1). What stands after the last one is not read."""

    def __init__(self) -> None:
        self.done = False
        self._left = 0
        self._head = b""
        self._tail = 0
        """Bytes still to come of the line end after a chunk."""

    def take(self, data: bytes) -> bytes:
        content: list[bytes] = []
        while data and not self.done:
            if self._left:
                piece, data = data[: self._left], data[self._left :]
                self._left -= len(piece)
                content.append(piece)
            elif self._tail:
                data = self._end_chunk(data)
            else:
                data = self._begin_chunk(data)
        return b"".join(content)

    def _end_chunk(self, data: bytes) -> bytes:
        if data[0] != _CRLF[-self._tail]:
            raise Refusal(400, "A chunk does not end where it said it would.")
        self._tail -= 1
        return data[1:]

    def _begin_chunk(self, data: bytes) -> bytes:
        head, end, rest = (self._head + data).partition(_CRLF)
        if not end:
            if len(head) > _LONGEST_CHUNK_HEAD:
                raise Refusal(400, "A chunk does not say its length.")
            self._head = head
            return b""
        matched = _CHUNK_HEAD.fullmatch(head)
        if matched is None:
            raise Refusal(400, "A chunk does not say its length.")
        self._head = b""
        self._left = int(matched[1], 16)
        self._tail = len(_CRLF)
        self.done = self._left == 0
        return rest


def body_of(request: Request) -> Body:
    """How the rest of this request is to be read. Raises Refusal."""
    encoding, length = request.headers.get("transfer-encoding"), request.headers.get("content-length")
    if encoding is not None:
        if length is not None:
            raise Refusal(400, "The request says two things about its length.")
        if encoding.lower() == "identity":  # long gone from HTTP, but not from source clients
            return Endless()
        if encoding.lower() != "chunked":
            raise Refusal(501, f"Nobody here reads the transfer encoding {encoding[:32]}.")
        return Chunked()
    if length is None:
        return Endless()
    if not re.fullmatch(r"[0-9]{1,15}", length):
        raise Refusal(400, "The request does not say its length as a number.")
    return Sized(int(length))
