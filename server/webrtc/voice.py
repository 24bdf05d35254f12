"""The way to one listener who is connected: where he is reached, what he is told beside the sound, what he reports and what he lost.

It writes to a duplicate of the connection's socket, past asyncio, which would queue without bound what the kernel does not take: that is
lost and counted. A duplicate, because a number that the connection has closed may be another socket's a moment later. Of pylibsrtp 1.0 it
uses what is private: Session._srtp, libsrtp's own session.
"""

import os
import socket
from collections.abc import Callable
from contextlib import suppress

from aioice.ice import CandidatePair
from pylibsrtp import Error as SrtpError
from pylibsrtp import Session as Srtp
from pylibsrtp._binding import ffi  # type: ignore[import-not-found] # compiled, without types

from server.webrtc.fan import Fan
from server.webrtc.rtp import HEADER_BYTES, Losses, goodbye, losses, sender_report
from server.webrtc.seat import Seat, socket_address


class SrtpVoice:
    """See server.webrtc.fan.Voice and server.webrtc.sealed_group.SeatedVoice."""

    def __init__(self, fan: "Fan[SrtpVoice]", pair: CandidatePair | None, keys: tuple[Srtp, Srtp], payload_type: int) -> None:
        """`pair`: the addresses in use. `keys`: to him, from him."""
        self.payload_type = payload_type
        self.lost_packets = 0
        """Those that his socket did not take."""
        self.losses: Losses | None = None
        """What he reported last."""
        self.moved: Callable[[], None] = lambda: None
        self._fan = fan
        self._outgoing, self._incoming = keys
        self._session = int(ffi.cast("uintptr_t", self._outgoing._srtp[0]))
        self._lost_octets = 0
        self._packets_before = fan.packets_total
        self._octets_before = fan.octets_total
        self._socket: socket.socket | None = None
        self._address: tuple[str, int] = ("", 0)
        self.aim(pair)

    @property
    def seat(self) -> Seat:
        """Where he is reached; nowhere while there is no pair."""
        if self._socket is None:
            return Seat(self._session)
        return Seat(self._session, self._socket.fileno(), socket_address(self._address))

    def aim(self, pair: CandidatePair | None) -> None:
        """From now on to this pair's far end."""
        before, self._socket = self._socket, None
        if pair is not None:
            self._address = pair.remote_addr
            with suppress(OSError):  # it has been closed
                self._socket = socket.socket(fileno=os.dup(pair.protocol.transport.get_extra_info("socket").fileno()))
        self.moved()
        if before is not None:
            before.close()

    def lose(self, packet: bytes) -> None:
        """Counts what did not go out."""
        self.lost_packets += 1
        self._lost_octets += len(packet) - HEADER_BYTES
        self._fan.refused_total += 1

    def report(self, unix_seconds: float, position: int) -> None:
        """Tells him what he should have got and when it was on air."""
        packets = self._fan.packets_total - self._packets_before - self.lost_packets
        octets = self._fan.octets_total - self._octets_before - self._lost_octets
        self._send_control(sender_report(self._fan.ssrc, unix_seconds, position, packets, octets) + self._fan.description)

    def goodbye(self) -> None:
        """Tells him that nothing more comes."""
        self._send_control(goodbye(self._fan.ssrc))

    def hear(self, data: bytes) -> None:
        """Takes what he reports."""
        with suppress(SrtpError):
            told = losses(self._incoming.unprotect_rtcp(data), self._fan.ssrc)
            if told is not None:
                self._fan.lost_total += max(0, told.packets - (self.losses.packets if self.losses else 0))
                self.losses = told

    def _send_control(self, packet: bytes) -> None:
        with suppress(OSError, SrtpError):
            if self._socket is not None:
                self._socket.sendto(self._outgoing.protect_rtcp(packet), self._address)
