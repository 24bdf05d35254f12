"""RTP encrypted for one listener after another in one and the same buffer.

pylibsrtp copies every packet into a buffer of the session's and out of it again, so a thousand listeners walk through megabytes 50 times
a second. Here libsrtp is called as pylibsrtp 1.0 calls it (its `_binding`, and `Session._srtp`), but always in the same place, and the
socket reads from there. What is sealed holds only until the next packet is.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from pylibsrtp import Error, Session
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found] # compiled, without types

LARGEST_PACKET_BYTES: Final = 1_500
_TRAILER_BYTES: Final = 16 + 128
"""What SRTP may add: its longest tag and key identifier."""


@lru_cache(maxsize=1)
def _place() -> tuple[Any, Any, memoryview]:
    """The buffer, the length of what is in it, and the buffer as Python sees it."""
    buffer = ffi.new("char[]", LARGEST_PACKET_BYTES + _TRAILER_BYTES)
    return buffer, ffi.new("int *"), memoryview(ffi.buffer(buffer))


def sealer(session: Session) -> Callable[[bytes], memoryview]:
    """Encrypts RTP packets with the keys of `session`. What it returns is overwritten by the next call of any sealer.

    It raises pylibsrtp.Error where libsrtp refuses, or the packet is too large.
    """
    buffer, length, seen = _place()
    protect, move, keys = lib.srtp_protect, ffi.memmove, session._srtp

    def seal(packet: bytes) -> memoryview:
        size = len(packet)
        if size > LARGEST_PACKET_BYTES:
            raise Error("the packet is too large")
        move(buffer, packet, size)
        length[0] = size
        if protect(keys[0], buffer, length):
            raise Error("libsrtp refused the packet")
        return seen[: length[0]]

    return seal
