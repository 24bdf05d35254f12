"""One packet to a group: encrypted and sent to each by a compiled loop.

A thousand listeners are fifty thousand packets a second, and Python between two C functions costs as much as both. So the keys, sockets
and addresses of a group stand in rows, and one loop calls libsrtp and the socket for row after row, without the GIL. libsrtp is called as
pylibsrtp 1.0 calls it (its `_binding`), but always in the same place: pylibsrtp would walk through a buffer of each listener's own.

It owns the rows. It knows neither ICE nor what is in a packet, and never waits: what a socket does not take is lost, and its voice is told.
"""

import ctypes
import socket
from collections.abc import Callable
from functools import lru_cache
from typing import Final, Protocol

import numpy as np
from numba import types
from numba.core.types import WrapperAddressProtocol
from numba.core.typing.templates import Signature
from numba.experimental import function_type  # noqa: F401 -- teaches numba to take such a function as an argument
from pylibsrtp._binding import ffi, lib  # type: ignore[import-not-found] # compiled, without types

from dsp.kernel import kernel
from server.webrtc.seat import LARGEST_ADDRESS_BYTES, Seat

LARGEST_PACKET_BYTES: Final = 1_500
_TRAILER_BYTES: Final = 16 + 128
"""What SRTP may add: its longest tag and key identifier."""
_FIRST_ROWS: Final = 16
_FLAGS: Final = np.int32(getattr(socket, "MSG_DONTWAIT", 0) | getattr(socket, "MSG_NOSIGNAL", 0))


class SeatedVoice(Protocol):
    """A listener who can be reached."""

    @property
    def seat(self) -> Seat:
        """Where, at this moment."""

    moved: Callable[[], None]
    """To be called when his seat has changed."""

    def lose(self, packet: bytes) -> None:
        """He did not get that one."""


class _Foreign(WrapperAddressProtocol):
    """A C function as kernels call it."""

    def __init__(self, address: int, signature: Signature) -> None:
        self._address = address
        self._signature = signature

    def __wrapper_address__(self) -> int:
        return self._address

    def signature(self) -> Signature:
        return self._signature


@lru_cache(maxsize=1)
def _functions() -> tuple[_Foreign, _Foreign]:
    """srtp_protect(session, packet, length) and sendto(socket, packet, length, flags, address, length)."""
    place, whole, short = types.uintp, types.int32, types.uint32
    protect = int(ffi.cast("uintptr_t", ffi.addressof(lib, "srtp_protect")))
    send = ctypes.cast(ctypes.CDLL(None).sendto, ctypes.c_void_p).value
    assert send is not None
    return (
        _Foreign(protect, whole(place, place, place)),
        _Foreign(send, types.intp(whole, place, place, whole, place, short)),
    )


class SealedGroup:
    """Listeners who get the same bytes before encryption. For one thread."""

    def __init__(self) -> None:
        self._voices: list[SeatedVoice] = []
        self._buffer = np.zeros(LARGEST_PACKET_BYTES + _TRAILER_BYTES, np.uint8)
        self._size = np.zeros(1, np.int32)
        self._make_rows(_FIRST_ROWS)

    def __len__(self) -> int:
        """How many they are."""
        return len(self._voices)

    def add(self, voice: SeatedVoice) -> None:
        """He gets what is sent from now on."""
        if len(self._voices) == len(self._sessions):
            self._make_rows(2 * len(self._voices))
        self._voices.append(voice)
        self._seat(voice)
        voice.moved = lambda: self._seat(voice)

    def remove(self, voice: SeatedVoice) -> None:
        """He gets nothing more. Raises ValueError if he is not here."""
        row = self._voices.index(voice)
        last = self._voices.pop()
        voice.moved = lambda: None
        if last is not voice:
            self._voices[row] = last
            self._seat(last)

    def send(self, packet: bytes) -> None:
        """An RTP packet to everybody here. Those who cannot be sent to lose it."""
        refused: int = _send(  # type: ignore[no-untyped-call]
            *_functions(),
            np.frombuffer(packet, np.uint8),
            len(self._voices),
            self._sessions,
            self._sockets,
            self._addresses,
            self._address_bytes,
            self._buffer,
            self._size,
            self._refused,
        )
        for row in self._refused[:refused]:
            self._voices[row].lose(packet)

    def _make_rows(self, count: int) -> None:
        self._sessions = np.zeros(count, np.uintp)
        self._sockets = np.full(count, -1, np.int32)
        self._addresses = np.zeros((count, LARGEST_ADDRESS_BYTES), np.uint8)
        self._address_bytes = np.zeros(count, np.uint32)
        self._refused = np.zeros(count, np.int64)
        for voice in self._voices:
            self._seat(voice)

    def _seat(self, voice: SeatedVoice) -> None:
        row, seat = self._voices.index(voice), voice.seat
        self._sessions[row] = seat.session
        self._sockets[row] = seat.socket
        self._addresses[row, : len(seat.address)] = np.frombuffer(seat.address, np.uint8)
        self._address_bytes[row] = len(seat.address)


@kernel
def _send(protect, send, packet, count, sessions, sockets, addresses, address_bytes, buffer, size, refused):  # type: ignore[no-untyped-def]
    """Encrypts `packet` for each of `count` rows and sends it; `refused`: the rows where that failed, whose number is returned."""
    failed = 0
    length = len(packet)
    fits = length <= LARGEST_PACKET_BYTES
    for row in range(count):
        sent = False
        if fits and sockets[row] >= 0:
            buffer[:length] = packet
            size[0] = length
            if protect(sessions[row], buffer.ctypes.data, size.ctypes.data) == 0:
                address = addresses[row].ctypes.data
                sent = send(sockets[row], buffer.ctypes.data, np.uintp(size[0]), _FLAGS, address, address_bytes[row]) >= 0
        if not sent:
            refused[failed] = row
            failed += 1
    return failed


def load() -> None:
    """Compiles the loop, or loads what an earlier process compiled. A second at most, then; off the event loop."""
    SealedGroup().send(b"")
