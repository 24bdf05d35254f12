"""One listener's connection on aiortc: answered, kept while it is wanted, and written to past aiortc's own sender.

aiortc's sender runs two tasks a listener and takes every packet through queues, header extensions and statistics: several times what
encryption and the socket cost. So aiortc makes the connection, and the sound goes straight from the fan (fan.py) into SRTP and the
socket. For that, this file and no other uses what is private in aiortc 1.16 and aioice 0.13 (pyproject.toml pins them; voice.py and
sealed_group.py add pylibsrtp):

- RTCPeerConnection.__certificates, __cname: one certificate for all listeners saves 2 ms a join; the name is that of our reports.
- RTCPeerConnection.__connect: runs in a task that nobody awaits; here its errors are caught and its end is awaited.
- RTCRtpSender._ssrc, send: the stream's number is the fan's; `send`, called once the keys are there, does no more than say so.
- RTCDtlsTransport._tx_srtp, _rx_srtp: the keys.
- RTCIceTransport._connection, and of it _nominated (which tells of every change here), _protocols, _queue, _query_consent_task,
  query_consent, _tie_breaker, get_component_candidates, _local_candidates*: the pair of addresses in use; consent (RFC 7675) within our
  own time; the machine's addresses, looked up once for many listeners, and the loopback where there is no other.
"""

import asyncio
import random
import secrets
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from typing import Any, Final

from aioice.candidate import candidate_priority
from aioice.ice import CandidatePair, Connection, StunProtocol, get_host_addresses
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsTransport, SRTPProtectionProfile
from aiortc.rtcrtpparameters import RTCRtpSendParameters
from OpenSSL.SSL import Context
from structlog import get_logger

from server.webrtc.consent import Consent
from server.webrtc.fan import Fan
from server.webrtc.sieve import Sieve
from server.webrtc.voice import SrtpVoice

CONSENT_SECONDS: Final = 5.0
"""Between two questions whether the listener is still there (RFC 7675), give or take a fifth."""
CONSENT_AGAIN_SECONDS: Final = 2.0
"""After one that was not answered."""
CLOSING_SECONDS: Final = 3.0
MOST_UNREAD: Final = 64
"""DTLS datagrams; a handshake has a dozen."""
ADDRESSES_SECONDS: Final = 10.0
"""How long the machine's addresses are believed."""
_DAY_SECONDS: Final = 86_400.0
_OPUS: Final = "audio/opus"
_COMPONENT: Final = 1
_LOOPBACK: Final = "127.0.0.1"

log = get_logger(__name__)


class _Certificate(RTCCertificate):
    """Its TLS context is made once."""

    _context: Context | None = None

    def _create_ssl_context(self, srtp_profiles: list[SRTPProtectionProfile]) -> Context:
        if self._context is None:
            self._context = super()._create_ssl_context(srtp_profiles)
        return self._context


@lru_cache(maxsize=1)
def _certificate_of(day: int) -> RTCCertificate:  # noqa: ARG001 -- the day makes it another one
    return _Certificate.generateCertificate()


@lru_cache(maxsize=1)
def _addresses_of(period: int) -> list[str]:  # noqa: ARG001 -- another period, another look
    """The machine's own; the loopback if there is no other."""
    return get_host_addresses(use_ipv4=True, use_ipv6=True) or [_LOOPBACK]


class _Nominated(dict[int, CandidatePair]):
    """The pair in use, and whoever wants to know when it changes."""

    def __init__(self, pairs: dict[int, CandidatePair], voice: SrtpVoice) -> None:
        super().__init__(pairs)
        self._voice = voice

    def __setitem__(self, component: int, pair: CandidatePair) -> None:
        super().__setitem__(component, pair)
        self._voice.aim(self.get(_COMPONENT))

    def clear(self) -> None:
        super().clear()
        self._voice.aim(None)


class ListenerConnection(RTCPeerConnection):
    """Answers one offer, sends one Opus stream, hears nothing. Made on the loop; `close` it."""

    def __init__(self, fan: Fan[SrtpVoice], stun_servers: Sequence[str], consent_seconds: float) -> None:
        """`consent_seconds`: he is gone when he has not answered for so long."""
        super().__init__(RTCConfiguration(iceServers=[RTCIceServer(server) for server in stun_servers]))
        loop = asyncio.get_running_loop()
        self.settled = asyncio.Event()
        """He is connected, or will never be."""
        self.ended = asyncio.Event()
        self.lost = False
        """It ended because he gave no sign of life."""
        self.voice: SrtpVoice | None = None
        """The way to him, from the moment that he is connected."""
        self._fan = fan
        self._monotonic = loop.time
        self._consent_seconds = consent_seconds
        self._consent: Consent | None = None
        self._heard_at = 0.0
        """When he last consented."""
        self._connecting: set[asyncio.Task[Any]] = set()
        self._RTCPeerConnection__certificates = [_certificate_of(int(loop.time() // _DAY_SECONDS))]
        self._RTCPeerConnection__cname = fan.name
        self._transceiver = self.addTransceiver("audio", direction="sendonly")
        capabilities = RTCRtpSender.getCapabilities("audio")
        self._transceiver.setCodecPreferences([codec for codec in capabilities.codecs if codec.mimeType.lower() == _OPUS])
        self._transceiver.sender._ssrc = fan.ssrc
        self._transceiver.sender.send = self._have_keys  # type: ignore[method-assign]
        self.on("connectionstatechange", self._look)

    @property
    def _dtls(self) -> RTCDtlsTransport:
        return self._transceiver.sender.transport

    @property
    def _ice(self) -> Connection:
        return self._dtls.transport._connection

    async def answer(self, offer: str) -> str:
        """The answer to an offer with one sound. aiortc raises whatever comes to it when it does not understand."""
        await self.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        ice = self._ice
        ice.query_consent = self._keep_consent  # type: ignore[method-assign]
        ice._local_candidates_start = True
        ice._local_candidates = await ice.get_component_candidates(_COMPONENT, _addresses_of(int(self._monotonic() // ADDRESSES_SECONDS)))
        ice._local_candidates_end = True
        await self.setLocalDescription()
        for protocol in ice._protocols:
            take_stun = partial(self._take_stun, protocol, protocol.datagram_received)
            sieve = Sieve(take_stun, self._take_dtls, self._take_rtcp, self._is_peer, self._monotonic)
            protocol.datagram_received = sieve  # type: ignore[method-assign,assignment]
        return self.localDescription.sdp

    def end(self) -> None:
        """Says goodbye; from now on nothing is sent."""
        if self.voice is not None and not self.ended.is_set():
            self.voice.goodbye()
        self.ended.set()
        self.settled.set()

    async def hang_up(self) -> None:
        """Ends it and frees everything, at the latest after a few seconds. Again: nothing. Never raises."""
        self.end()
        if self.voice is not None:
            self.voice.aim(None)
        try:
            async with asyncio.timeout(CLOSING_SECONDS):
                await self.close()
                await asyncio.gather(*self._connecting, return_exceptions=True)
        except Exception as error:  # noqa: BLE001 -- what is closed here has failed already, or been fed with anything
            log.debug("a connection did not close cleanly", reason=f"{type(error).__name__}: {error}")

    async def _RTCPeerConnection__connect(self) -> None:  # noqa: N802 -- aiortc's name for it
        """aiortc starts this as a task and forgets it: whatever it raises would be reported as never retrieved."""
        task = asyncio.current_task()
        assert task is not None
        self._connecting.add(task)
        try:
            await super()._RTCPeerConnection__connect()  # type: ignore[misc]
        except Exception as error:  # noqa: BLE001 -- aiortc asserts what a peer may send
            log.debug("a connection did not come about", reason=f"{type(error).__name__}: {error}")
            self.end()
        finally:
            self._connecting.discard(task)

    async def _have_keys(self, parameters: RTCRtpSendParameters) -> None:
        """In the place of RTCRtpSender.send: from here on he is fed."""
        keys = self._dtls._tx_srtp, self._dtls._rx_srtp
        payload_type = parameters.codecs[0].payloadType
        assert payload_type is not None
        nominated = self._ice._nominated
        self.voice = SrtpVoice(self._fan, nominated.get(_COMPONENT), keys, payload_type)
        self._ice._nominated = _Nominated(nominated, self.voice)
        self.settled.set()

    async def _keep_consent(self) -> None:
        """In the place of aioice's: it gives up after 27 to 39 seconds, where RFC 7675 says 30, and costs ten times as much."""
        ice = self._ice
        assert ice.remote_username is not None
        assert ice.remote_password is not None
        near, far = (ice.local_username, ice.local_password), (ice.remote_username, ice.remote_password)
        priority = candidate_priority(_COMPONENT, "prflx")
        self._consent = Consent(near, far, priority, ice._tie_breaker, controlling=ice.ice_controlling)
        self._heard_at = asked_at = self._monotonic()
        while self._monotonic() - self._heard_at < self._consent_seconds:
            wait_seconds = CONSENT_SECONDS if self._heard_at >= asked_at else CONSENT_AGAIN_SECONDS
            await asyncio.sleep(min(wait_seconds, self._consent_seconds / 3) * (0.8 + 0.4 * random.random()))
            asked_at = self._monotonic()
            pair = ice._nominated.get(_COMPONENT)
            if pair is not None:
                pair.protocol.transport.sendto(self._consent.ask(secrets.token_bytes(12)), pair.remote_addr)
        self.lost = True
        ice._query_consent_task = None
        await ice.close()

    def _take_stun(self, protocol: StunProtocol, otherwise: Callable[[bytes, Any], None], data: bytes, address: Any) -> None:
        """What a connected pair says again and again is dealt with here, the rest by aioice."""
        pair = self._ice._nominated.get(_COMPONENT)
        if self._consent is None or pair is None or pair.protocol is not protocol or pair.remote_addr != address[:2]:
            otherwise(data, address)
        elif self._consent.is_given(data):
            self._heard_at = self._monotonic()
        elif (answer := self._consent.answer(data, pair.remote_addr)) is not None:
            protocol.transport.sendto(answer, address)
        else:
            otherwise(data, address)

    def _look(self) -> None:
        if self.connectionState in {"failed", "closed"}:
            self.end()

    def _is_peer(self, address: Any) -> bool:
        pair = self._ice._nominated.get(_COMPONENT)
        return pair is not None and bool(pair.remote_addr == address[:2])

    def _take_dtls(self, data: bytes) -> None:
        if self._ice._queue.qsize() < MOST_UNREAD:
            self._ice.data_received(data, _COMPONENT)

    def _take_rtcp(self, data: bytes) -> None:
        if self.voice is not None:
            self.voice.hear(data)
