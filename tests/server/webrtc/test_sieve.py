"""What a hostile network may throw at one socket."""

from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.webrtc.sieve import BURST_PACKETS, PACKETS_A_SECOND, Sieve

PEER, STRANGER = ("192.0.2.1", 5), ("198.51.100.9", 6)


@dataclass
class Socket:
    """Where everything goes, and a parser that breaks."""

    now: float = 100.0
    breaks: type[Exception] | None = None
    stun: list[bytes] = field(default_factory=list)
    dtls: list[bytes] = field(default_factory=list)
    rtcp: list[bytes] = field(default_factory=list)

    def sieve(self) -> Sieve:
        return Sieve(self._take_stun, self.dtls.append, self.rtcp.append, lambda address: bool(address == PEER), lambda: self.now)

    def _take_stun(self, data: bytes, address: Any) -> None:
        assert address in {PEER, STRANGER}
        if self.breaks:
            raise self.breaks("broken")
        self.stun.append(data)


def test_each_kind_goes_where_it_belongs() -> None:
    socket = Socket()
    sieve = socket.sieve()
    for data in (b"\x00\x01stun", b"\x16dtls", b"\x80\xc9rtcp", b"\x80\x6frtp", b"\x4aturn", b"", b"\x80"):
        sieve(data, PEER)
    assert (socket.stun, socket.dtls, socket.rtcp) == ([b"\x00\x01stun"], [b"\x16dtls"], [b"\x80\xc9rtcp"])
    assert sieve.dropped_total == 4


@pytest.mark.parametrize("error", [ValueError, IndexError, AssertionError, KeyError])
def test_a_parser_that_breaks_breaks_nothing_else(error: type[Exception]) -> None:
    socket = Socket(breaks=error)
    sieve = socket.sieve()
    sieve(b"\x00\x01stun", PEER)
    sieve(b"\x16dtls", PEER)
    assert socket.dtls == [b"\x16dtls"]
    assert sieve.dropped_total == 1


def test_a_flood_is_dropped_and_the_peer_is_heard_through_it() -> None:
    socket = Socket()
    sieve = socket.sieve()
    for _ in range(10):
        socket.now += 1.0
        for _ in range(10_000):
            sieve(b"\x00flood", STRANGER)
        sieve(b"\x00peer", PEER)
    assert socket.stun.count(b"\x00peer") == 10
    assert socket.stun.count(b"\x00flood") <= BURST_PACKETS + 10 * PACKETS_A_SECOND


@given(st.binary(max_size=1_500))
def test_nothing_is_raised_whatever_comes(data: bytes) -> None:
    Socket(breaks=RuntimeError).sieve()(data, STRANGER)
