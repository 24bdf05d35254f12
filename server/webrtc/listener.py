"""One WebRTC listener: his offer, his answer, and the address that is his alone.

It knows neither HTTP nor how many others there are.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiortc.rtcicetransport import RTCIceCandidate

from server.webrtc.connection import ListenerConnection
from server.webrtc.fan import Fan
from server.webrtc.offer import Offer, OfferRefused
from server.webrtc.voice import SrtpVoice


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for a listener."""

    connect_seconds: float = 15.0
    """From the answer until he is connected."""
    consent_seconds: float = 30.0
    """Without a sign of life."""


class Departure(StrEnum):
    """Why he is no more."""

    LEFT = "left"
    """He hung up, or the house did."""
    LOST = "webrtc_lost"
    """He gave no sign of life."""
    VANISHED = "webrtc_vanished"
    """He never came after his offer."""


class WebRtcListener:
    """One session of WHEP."""

    def __init__(self, station: str, front: str, offer: Offer, fan: Fan[SrtpVoice], connection: ListenerConnection) -> None:
        """`front` names the process that holds him."""
        self.station: Final = station
        self.session: Final = f"{front}-{secrets.token_urlsafe(24)}"
        """Names him in an address that nobody guesses: 192 bits."""
        self.user: Final = offer.user
        self.etag = ""
        """Of his ICE session, which lasts as long as he; quoted, as the header has it."""
        self._offer = offer
        self._fan = fan
        self._connection = connection

    async def answer(self, packet_milliseconds: int) -> str:
        """The answer to his offer. Raises OfferRefused."""
        try:
            answer = await self._connection.answer(self._offer.sound)
        except Exception as error:  # aiortc's parser raises what comes to it: ValueError, AssertionError, IndexError, KeyError
            raise OfferRefused("The offer cannot be read as one of WebRTC: send what createOffer() gives, unchanged.") from error
        self.etag = f'"{hashlib.sha256(answer.encode()).hexdigest()[:16]}"'
        return self._offer.answer(answer, packet_milliseconds)

    async def trickle(self, candidates: Iterable[RTCIceCandidate]) -> None:
        """Takes further addresses of his."""
        for candidate in candidates:
            candidate.sdpMLineIndex = 0
            await self._connection.addIceCandidate(candidate)

    async def connected(self) -> bool:
        """Returns when he is (True), or never will be."""
        await self._connection.settled.wait()
        return not self._connection.ended.is_set()

    @contextmanager
    def fed(self) -> Iterator[None]:
        """He is sent to as long as the block lasts. For one who is connected."""
        voice = self._connection.voice
        assert voice is not None
        self._fan.join(voice)
        try:
            yield
        finally:
            self._fan.leave(voice)

    async def gone(self) -> Departure:
        """Returns when he hears no more."""
        await self._connection.ended.wait()
        return Departure.LOST if self._connection.lost else Departure.LEFT

    def dismiss(self) -> None:
        """Ends him from here."""
        self._connection.end()

    async def hang_up(self) -> None:
        """Frees everything that is his."""
        await self._connection.hang_up()
