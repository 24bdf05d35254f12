"""The way to a listener: what is lost is counted, his reports stay true, and a pair that changes is followed."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiortc.rtp import RtcpPacket, RtcpReceiverInfo, RtcpRrPacket, RtcpSrPacket
from pylibsrtp import Policy, Session

from server.clock import VirtualClock
from server.webrtc.fan import Fan
from server.webrtc.rtp import rtp_packet
from server.webrtc.sealed_group import SealedGroup
from server.webrtc.voice import SrtpVoice
from tests.server.fake_station import FakeStation
from tests.server.timeline import VirtualTimers
from tests.server.webrtc.ports import Ports

PROFILE = Policy.SRTP_PROFILE_AES128_CM_SHA1_80


@dataclass
class Pair:
    """Addresses in use: its transport and protocol in one."""

    near: socket.socket
    remote_addr: tuple[str, int]

    @property
    def protocol(self) -> "Pair":
        return self

    @property
    def transport(self) -> "Pair":
        return self

    def get_extra_info(self, name: str) -> socket.socket:
        assert name == "socket"
        return self.near


class Call:
    """A voice and what the listener can decrypt."""

    def __init__(self, ports: Ports) -> None:
        clock = VirtualClock()
        self.fan: Fan[SrtpVoice] = Fan(FakeStation(), 20, clock.monotonic, VirtualTimers(clock), SealedGroup)
        key, back = os.urandom(30), os.urandom(30)
        out, into = Policy.SSRC_ANY_OUTBOUND, Policy.SSRC_ANY_INBOUND
        self.keys = Session(Policy(key, out, 0, PROFILE)), Session(Policy(back, into, 0, PROFILE))
        self.far = Session(Policy(key, into, 0, PROFILE))
        self.back = Session(Policy(back, out, 0, PROFILE))
        self.there = ports.open()
        self.pair: Any = Pair(ports.open(), self.there.getsockname())
        self.begin()

    def begin(self) -> None:
        self.voice = SrtpVoice(self.fan, self.pair, self.keys, 111)
        self.group = SealedGroup()
        self.group.add(self.voice)

    def send(self, number: int) -> None:
        self.fan.packets_total += 1
        self.fan.octets_total += 10
        self.group.send(rtp_packet(111, False, number, number * 960, self.fan.ssrc, bytes(10)))

    def report(self) -> RtcpSrPacket:
        self.voice.report(1_700_000_000.0, 96_000)
        report = RtcpPacket.parse(self.far.unprotect_rtcp(self.there.recv(2_000)))[0]
        assert isinstance(report, RtcpSrPacket)
        return report


@pytest.fixture
def call() -> Iterator[Call]:
    with ExitStack() as stack:
        made = Call(Ports(lambda port: stack.enter_context(closing(port))))
        yield made
        made.voice.aim(None)


def test_what_a_socket_does_not_take_is_lost_and_counted(call: Call) -> None:
    nowhere = Pair(call.pair.near, ("255.255.255.255", 9))
    for number in range(10):
        call.voice.aim(nowhere if number in {3, 4} else call.pair)  # to all at once is forbidden
        call.send(number)
    for _ in range(8):
        assert call.there.recv(2_000)
    assert (call.voice.lost_packets, call.fan.refused_total) == (2, 2)
    info = call.report().sender_info
    assert (info.packet_count, info.octet_count) == (8, 80)


def test_only_what_was_made_since_he_joined_is_reported(call: Call) -> None:
    call.fan.packets_total, call.fan.octets_total = 1_000, 50_000
    call.voice.aim(None)
    call.begin()
    call.send(1)
    assert call.there.recv(2_000)
    assert call.report().sender_info.packet_count == 1


def test_a_pair_that_is_gone_loses_and_so_does_one_whose_socket_is_closed(call: Call) -> None:
    call.send(1)
    call.voice.aim(None)
    call.send(2)
    call.pair.near.close()
    call.voice.aim(call.pair)
    call.send(3)
    assert call.there.recv(2_000)
    call.there.setblocking(False)
    with pytest.raises(BlockingIOError):
        call.there.recv(2_000)
    assert call.voice.lost_packets == 2


def test_a_socket_that_the_connection_closes_is_not_another_ones(call: Call) -> None:
    """The number that it had may be given to the next file that is opened."""
    call.pair.near.close()
    with Path(os.devnull).open("wb"):
        call.send(1)
    assert call.there.recv(2_000)
    assert call.voice.lost_packets == 0


def test_what_he_reports_is_counted_once(call: Call) -> None:
    for lost in (3, 3, 5):
        info = RtcpReceiverInfo(ssrc=call.fan.ssrc, fraction_lost=1, packets_lost=lost, highest_sequence=1, jitter=2, lsr=3, dlsr=4)
        call.voice.hear(call.back.protect_rtcp(bytes(RtcpRrPacket(ssrc=1, reports=[info]))))
    call.voice.hear(b"\x80\xc9 not encrypted at all")
    assert call.fan.lost_total == 5
