"""A WebRTC listener that costs next to nothing: ICE and DTLS as they must be, and then it counts RTP without decrypting it.

Thousands of packets a second must not keep the measuring core busy, so nothing is decoded and no task waits. It offers (WHEP) or answers
(Janus), asks for consent every five seconds as RFC 7675 wants it, and answers when it is asked.

Once connected, sockets are looked at every few milliseconds: nobody sleeps on them, so a server on the same machine does not pay for
waking the listener with each packet, which it would not do across a network either.
"""

import asyncio
import secrets
import select
import socket
import time
from collections.abc import Callable
from typing import Final

from aioice import stun
from aiortc.rtcdtlstransport import SRTP_PROFILES, RTCCertificate
from OpenSSL import SSL

CONSENT_SECONDS: Final = 5.0
LOOK_SECONDS: Final = 0.004
CHECK_SECONDS: Final = 0.1
"""Between two checks while none has been answered."""
_PRIORITY: Final = 1_845_501_695
_ANY: Final = ("0.0.0.0", 0)
"""All interfaces: what is sent leaves from the address that leads there."""

OFFER: Final = """v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE {mid}
m=audio 9 UDP/TLS/RTP/SAVPF {payload_type}
c=IN IP4 0.0.0.0
a=recvonly
a=mid:{mid}
a=rtcp-mux
a=rtpmap:{payload_type} opus/48000/2
a=fmtp:{payload_type} useinbandfec=1;stereo=1
a=ice-ufrag:{user}
a=ice-pwd:{password}
a=fingerprint:sha-256 {fingerprint}
a=setup:{setup}
"""


class Round:
    """Looks at all sockets that are known to it, again and again. Made on a running loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._ready = select.epoll()
        self._readers: dict[int, Callable[[], None]] = {}
        self._look()

    def add(self, number: int, reader: Callable[[], None]) -> None:
        """Calls `reader` for each datagram that waits in the socket of that number."""
        self._readers[number] = reader
        self._ready.register(number, select.EPOLLIN)

    def remove(self, number: int) -> None:
        if self._readers.pop(number, None):
            self._ready.unregister(number)

    def _look(self) -> None:
        for number, _ in self._ready.poll(0, max(1, len(self._readers))):
            self._readers[number]()
        self._loop.call_later(LOOK_SECONDS, self._look)


class Identity:
    """One certificate for all listeners of a process, and the round that reads for them."""

    def __init__(self) -> None:
        self.round = Round()
        certificate = RTCCertificate.generateCertificate()
        self.context = certificate._create_ssl_context(SRTP_PROFILES)
        [self.fingerprint] = [print_.value for print_ in certificate.getFingerprints() if print_.algorithm == "sha-256"]


class LightListener:
    """Made on the loop that carries him."""

    def __init__(self, identity: Identity, controlling: bool, connected: Callable[[], None]) -> None:
        """`controlling`: he offers. `connected` is called when the keys are there."""
        self.packets = 0
        self.lost = 0
        self.longest_gap_seconds = 0.0
        self._identity = identity
        self._controlling = controlling
        self._connected = connected
        self._user, self._password = secrets.token_hex(4), secrets.token_hex(16)
        self._tie = secrets.randbits(64)
        self._loop = asyncio.get_running_loop()
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._socket.bind(_ANY)
        self._loop.add_reader(self._socket, self._read)
        self._far_user, self._far_password = "", ""
        self._far = ("", 0)
        self._reached = False
        self._ssl: SSL.Connection | None = None
        self._done = False
        self._timer: asyncio.TimerHandle | None = None
        self._sequence = -1
        self._last_at = 0.0

    def offer(self) -> str:
        return self._description("actpass", "0", 111)

    def answer(self, mid: str, payload_type: int) -> str:
        """To an offer that `far` has been told of. It names the listener's address: Janus waits for one."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(self._far)
            here = probe.getsockname()[0]
        candidate = f"a=candidate:1 1 udp {_PRIORITY} {here} {self._socket.getsockname()[1]} typ host\r\na=end-of-candidates\r\n"
        return self._description("active", mid, payload_type) + candidate

    def far(self, description: str) -> None:
        """What the other side says of itself; the checks begin."""
        found = {line.partition(":")[0]: line.partition(":")[2].strip() for line in reversed(description.splitlines())}
        self._far_user, self._far_password = found["a=ice-ufrag"], found["a=ice-pwd"]
        candidates = [line.split() for line in description.splitlines() if line.startswith("a=candidate:")]
        usable = [words for words in candidates if words[2].lower() == "udp" and "." in words[4] and not words[4].endswith(".local")]
        self._far = (usable[0][4], int(usable[0][5]))
        self._ssl = SSL.Connection(self._identity.context)
        if found["a=setup"] == "active":
            self._ssl.set_accept_state()
        else:
            self._ssl.set_connect_state()
        self._check()

    def close(self) -> None:
        """He is gone, without a word."""
        if self._timer is not None:
            self._timer.cancel()
        if self._socket.fileno() >= 0:
            self._loop.remove_reader(self._socket)
            self._identity.round.remove(self._socket.fileno())
            self._socket.close()

    def count_anew(self) -> None:
        """Forgets what was counted, but not when the last packet came."""
        self.packets = self.lost = 0
        self.longest_gap_seconds = 0.0

    def _description(self, setup: str, mid: str, payload_type: int) -> str:
        values = {"user": self._user, "password": self._password, "fingerprint": self._identity.fingerprint}
        return OFFER.format(setup=setup, mid=mid, payload_type=payload_type, **values).replace("\n", "\r\n")

    def _check(self) -> None:
        request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
        request.attributes["USERNAME"] = f"{self._far_user}:{self._user}"
        request.attributes["PRIORITY"] = _PRIORITY
        if self._controlling:
            request.attributes["ICE-CONTROLLING"] = self._tie
            request.attributes["USE-CANDIDATE"] = None
        else:
            request.attributes["ICE-CONTROLLED"] = self._tie
        request.add_message_integrity(self._far_password.encode())
        self._send(bytes(request))
        self._timer = self._loop.call_later(CONSENT_SECONDS if self._done else CHECK_SECONDS, self._check)
        if self._reached and not self._done and self._ssl is not None:
            self._ssl.DTLSv1_handle_timeout()
            self._shake_hands()

    def _read(self) -> None:
        try:
            data, address = self._socket.recvfrom(2_048)
        except OSError:
            return
        first = data[0]
        if first >= 128:
            self._count(data)
        elif first < 4:
            self._take_stun(data, address)
        elif self._ssl is not None:
            self._ssl.bio_write(data)
            self._shake_hands()

    def _count(self, data: bytes) -> None:
        if data[1] & 0x7F in range(64, 96):
            return
        now = time.monotonic()
        sequence = data[2] << 8 | data[3]
        if self._sequence >= 0:
            self.lost += (sequence - self._sequence - 1) & 0xFFFF
            self.longest_gap_seconds = max(self.longest_gap_seconds, now - self._last_at)
        self._sequence, self._last_at = sequence, now
        self.packets += 1

    def _take_stun(self, data: bytes, address: tuple[str, int]) -> None:
        message = stun.parse_message(data)
        if message.message_class == stun.Class.REQUEST:
            answer = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, message.transaction_id)
            answer.attributes["XOR-MAPPED-ADDRESS"] = address
            answer.add_message_integrity(self._password.encode())
            self._send(bytes(answer))
        elif message.message_class == stun.Class.RESPONSE and not self._reached:
            self._reached = True
            self._shake_hands()

    def _shake_hands(self) -> None:
        assert self._ssl is not None
        if not self._done:
            try:
                self._ssl.do_handshake()
                self._done = True
                self._loop.remove_reader(self._socket)
                self._identity.round.add(self._socket.fileno(), self._read)
                self._connected()
            except SSL.WantReadError:
                pass
        while True:
            try:
                self._send(self._ssl.bio_read(1_500))
            except SSL.Error:
                return

    def _send(self, data: bytes) -> None:
        try:
            self._socket.sendto(data, self._far)
        except OSError:
            return
