"""What comes from the network to one socket, before anything that parses it sees it.

A port that is open to the world hears the world: bytes that are nothing, floods, packets that make a parser raise. RFC 7983 tells STUN,
DTLS and RTCP apart by their first byte; each goes where it belongs, at no more than a listener ever needs, and nothing is raised or logged
above debug. Strangers and the peer are counted apart, so that a flood cannot drown his own packets.
"""

from collections.abc import Callable
from typing import Any, Final

from structlog import get_logger

PACKETS_A_SECOND: Final = 100.0
BURST_PACKETS: Final = 200.0
_STUN_BELOW: Final = 4
_DTLS: Final = range(20, 64)
_RTP: Final = range(128, 192)
_RTCP: Final = range(64, 96)
"""The second byte without its first bit: packet types 192 to 223."""

log = get_logger(__name__)


class _Allowance:
    """So many packets a second, and a burst."""

    def __init__(self, now: float) -> None:
        self._left = BURST_PACKETS
        self._at = now

    def takes(self, now: float) -> bool:
        self._left = min(BURST_PACKETS, self._left + (now - self._at) * PACKETS_A_SECOND)
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


class Sieve:
    """`datagram_received` of one socket."""

    def __init__(
        self,
        stun: Callable[[bytes, Any], None],
        dtls: Callable[[bytes], None],
        rtcp: Callable[[bytes], None],
        is_peer: Callable[[Any], bool],
        monotonic: Callable[[], float],
    ) -> None:
        """Where each kind goes; `is_peer` knows the address of the pair in use."""
        self.dropped_total = 0
        self._stun = stun
        self._dtls = dtls
        self._rtcp = rtcp
        self._is_peer = is_peer
        self._monotonic = monotonic
        self._peer = _Allowance(monotonic())
        self._strangers = _Allowance(monotonic())

    def __call__(self, data: bytes, address: Any) -> None:
        """Never raises."""
        allowance = self._peer if self._is_peer(address) else self._strangers
        if not data or not allowance.takes(self._monotonic()):
            self.dropped_total += 1
            return
        try:
            self._pass_on(data, address)
        except Exception as error:  # noqa: BLE001 -- parsers of hostile bytes raise whatever comes to them
            self.dropped_total += 1
            log.debug("a datagram that cannot be read", reason=f"{type(error).__name__}: {error}")

    def _pass_on(self, data: bytes, address: Any) -> None:
        first = data[0]
        if first < _STUN_BELOW:
            self._stun(data, address)
        elif first in _DTLS:
            self._dtls(data)
        elif first in _RTP and len(data) > 1 and data[1] & 0x7F in _RTCP:
            self._rtcp(data)
        else:
            self.dropped_total += 1
