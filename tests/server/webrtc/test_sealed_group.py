"""What a group sends is what libsrtp's own way would send, to each at his address."""

import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing

import pytest
from pylibsrtp import Policy, Session
from pylibsrtp._binding import ffi

from server.webrtc.rtp import rtp_packet
from server.webrtc.sealed_group import LARGEST_PACKET_BYTES, SealedGroup
from server.webrtc.seat import Seat, socket_address
from server.webrtc.warm_up import PARTS, warm_up
from tests.server.webrtc.ports import Ports

PROFILES = {
    Policy.SRTP_PROFILE_AEAD_AES_256_GCM: 44,
    Policy.SRTP_PROFILE_AEAD_AES_128_GCM: 28,
    Policy.SRTP_PROFILE_AES128_CM_SHA1_80: 30,
}
HOSTS = {socket.AF_INET: "127.0.0.1", socket.AF_INET6: "::1"}


class Listener:
    """He has a socket of his own at each end, and can decrypt what comes."""

    def __init__(self, ports: Ports, profile: int = Policy.SRTP_PROFILE_AES128_CM_SHA1_80, family: int = socket.AF_INET) -> None:
        key = os.urandom(PROFILES[profile])
        out, into = Policy.SSRC_ANY_OUTBOUND, Policy.SSRC_ANY_INBOUND
        self.near, self.same, self.far = (Session(Policy(key, way, 0, profile)) for way in (out, out, into))
        self.here, self.there = ports.open(HOSTS[family]), ports.open(HOSTS[family])
        self.lost: list[bytes] = []
        self.moved: Callable[[], None] = lambda: None
        self.seated = True

    @property
    def seat(self) -> Seat:
        session = int(ffi.cast("uintptr_t", self.near._srtp[0]))
        if not self.seated:
            return Seat(session)
        return Seat(session, self.here.fileno(), socket_address(self.there.getsockname()))

    def lose(self, packet: bytes) -> None:
        self.lost.append(packet)

    def got(self) -> bytes:
        return self.there.recv(2_000)

    def got_nothing(self) -> bool:
        self.there.setblocking(False)
        try:
            self.got()
        except BlockingIOError:
            return True
        return False


@pytest.fixture
def ports() -> Iterator[Ports]:
    with ExitStack() as stack:
        yield Ports(lambda made: stack.enter_context(closing(made)))


def sound(number: int, size: int = 300) -> bytes:
    return rtp_packet(111, False, number, number * 960, 7, os.urandom(size))


@pytest.mark.parametrize("family", HOSTS)
@pytest.mark.parametrize("profile", PROFILES)
def test_what_arrives_is_libsrtps_and_is_opened(ports: Ports, profile: int, family: int) -> None:
    group, listener = SealedGroup(), Listener(ports, profile, family)
    group.add(listener)
    for number in range(65_400, 65_400 + 300):
        packet = sound(number, number % 400)
        group.send(packet)
        sealed = listener.got()
        assert sealed == listener.same.protect(packet)
        assert listener.far.unprotect(sealed) == packet
    assert listener.lost == []


def test_each_of_many_gets_all_with_his_own_keys(ports: Ports) -> None:
    group, listeners = SealedGroup(), [Listener(ports) for _ in range(50)]
    for listener in listeners:
        group.add(listener)
    for number in range(5):
        packet = sound(number)
        group.send(packet)
        assert all(listener.far.unprotect(listener.got()) == packet for listener in listeners)
    assert len(group) == 50


def test_whoever_leaves_gets_nothing_more_and_the_others_all(ports: Ports) -> None:
    group, listeners = SealedGroup(), [Listener(ports) for _ in range(4)]
    for listener in listeners:
        group.add(listener)
    for gone in (listeners[1], listeners[3], listeners[0]):
        group.remove(gone)
        with pytest.raises(ValueError, match="not in list"):
            group.remove(gone)
    packet = sound(1)
    group.send(packet)
    assert listeners[2].far.unprotect(listeners[2].got()) == packet
    assert all(gone.got_nothing() for gone in (listeners[0], listeners[1], listeners[3]))


def test_one_who_moves_is_followed_and_one_who_is_nowhere_loses(ports: Ports) -> None:
    group, mover, other = SealedGroup(), Listener(ports), Listener(ports)
    group.add(other)
    group.add(mover)
    before, mover.there = mover.there, ports.open(HOSTS[socket.AF_INET])
    mover.moved()
    group.send(sound(1))
    assert mover.far.unprotect(mover.got())
    mover.seated = False
    mover.moved()
    second = sound(2)
    group.send(second)
    assert mover.lost == [second]
    assert mover.got_nothing()
    before.setblocking(False)
    with pytest.raises(BlockingIOError):
        before.recv(1)
    assert other.lost == []


def test_a_socket_that_takes_nothing_loses_his_packets_alone(ports: Ports) -> None:
    group, deaf, other = SealedGroup(), Listener(ports), Listener(ports)
    group.add(deaf)
    group.add(other)
    deaf.here.close()
    packet = sound(1)
    group.send(packet)
    assert deaf.lost == [packet]
    assert other.far.unprotect(other.got()) == packet


@pytest.mark.parametrize("packet", [b"", b"short", bytes(LARGEST_PACKET_BYTES + 1)])
def test_what_cannot_be_sealed_is_lost(ports: Ports, packet: bytes) -> None:
    group, listener = SealedGroup(), Listener(ports)
    group.add(listener)
    group.send(packet)
    assert listener.lost == [packet]


def test_after_the_warm_up_nothing_is_compiled(ports: Ports) -> None:
    from server.webrtc.sealed_group import _send

    told: list[str] = []
    assert warm_up(told.append) == ["server.webrtc.sealed_group._send"]
    assert told == list(PARTS)
    compiled = len(_send.signatures)
    group = SealedGroup()
    for _ in range(40):
        group.add(Listener(ports))
    group.send(sound(1))
    assert len(_send.signatures) == compiled
