"""A listener whose socket takes nothing: his packets are lost and counted, and his reports stay true."""

import os
from dataclasses import dataclass, field
from typing import Any

from aiortc.rtp import RtcpPacket, RtcpReceiverInfo, RtcpRrPacket, RtcpSrPacket
from pylibsrtp import Policy, Session

from server.clock import VirtualClock
from server.webrtc.connection import SrtpVoice
from server.webrtc.fan import Fan
from server.webrtc.rtp import rtp_packet
from tests.server.fake_station import FakeStation
from tests.server.timeline import VirtualTimers

PROFILE = Policy.SRTP_PROFILE_AES128_CM_SHA1_80


@dataclass
class Line:
    """A socket, its transport, its protocol and its pair in one, that can be full."""

    full: bool = False
    sent: list[bytes] = field(default_factory=list)
    remote_addr: tuple[str, int] = ("192.0.2.1", 4_000)

    @property
    def protocol(self) -> "Line":
        return self

    @property
    def transport(self) -> "Line":
        return self

    @property
    def _sock(self) -> "Line":
        return self

    def get_extra_info(self, name: str) -> "Line":
        assert name == "socket"
        return self

    def sendto(self, packet: bytes, address: Any) -> None:
        assert address == self.remote_addr
        if self.full:
            raise BlockingIOError
        self.sent.append(bytes(packet))


class Call:
    """A voice and what the listener can decrypt."""

    def __init__(self) -> None:
        clock = VirtualClock()
        self.fan = Fan(FakeStation(), 20, clock.monotonic, VirtualTimers(clock))
        key, back = os.urandom(30), os.urandom(30)
        out, into = Policy.SSRC_ANY_OUTBOUND, Policy.SSRC_ANY_INBOUND
        keys = Session(Policy(key, out, 0, PROFILE)), Session(Policy(back, into, 0, PROFILE))
        self.far = Session(Policy(key, into, 0, PROFILE))
        self.back = Session(Policy(back, out, 0, PROFILE))
        self.line = Line()
        self.nominated: dict[int, Any] = {1: self.line}
        self.voice = SrtpVoice(self.fan, self.nominated, keys, 111)

    def send(self, number: int) -> None:
        self.fan.packets_total += 1
        self.fan.octets_total += 10
        self.voice.send(rtp_packet(111, False, number, number * 960, self.fan.ssrc, bytes(10)))

    def report(self) -> RtcpSrPacket:
        self.voice.report(1_700_000_000.0, 96_000)
        report = RtcpPacket.parse(self.far.unprotect_rtcp(self.line.sent.pop()))[0]
        assert isinstance(report, RtcpSrPacket)
        return report


def test_what_a_full_socket_does_not_take_is_lost_and_counted() -> None:
    call = Call()
    for number in range(10):
        call.line.full = number in {3, 4}
        call.send(number)
    assert len(call.line.sent) == 8
    assert (call.voice.lost_packets, call.fan.refused_total) == (2, 2)
    info = call.report().sender_info
    assert (info.packet_count, info.octet_count) == (8, 80)


def test_only_what_was_made_since_he_joined_is_reported() -> None:
    call = Call()
    call.fan.packets_total, call.fan.octets_total = 1_000, 50_000
    later = SrtpVoice(call.fan, call.nominated, (call.voice._outgoing, call.voice._incoming), 111)
    call.voice = later
    call.send(1)
    assert call.report().sender_info.packet_count == 1


def test_a_pair_that_changes_is_followed_and_one_that_is_gone_loses() -> None:
    call = Call()
    call.send(1)
    other = Line(remote_addr=("192.0.2.2", 5_000))
    call.nominated[1] = other
    call.send(2)
    call.nominated.clear()
    call.send(3)
    assert (len(call.line.sent), len(other.sent), call.voice.lost_packets) == (1, 1, 1)


def test_what_he_reports_is_counted_once() -> None:
    call = Call()
    for lost in (3, 3, 5):
        info = RtcpReceiverInfo(ssrc=call.fan.ssrc, fraction_lost=1, packets_lost=lost, highest_sequence=1, jitter=2, lsr=3, dlsr=4)
        call.voice.hear(call.back.protect_rtcp(bytes(RtcpRrPacket(ssrc=1, reports=[info]))))
    call.voice.hear(b"\x80\xc9 not encrypted at all")
    assert call.fan.lost_total == 5
