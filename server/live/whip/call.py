"""A call: one DJ's connection, from the answer to his offer until either side hangs up.

It owns the peer connection and what its sound becomes; whom it is for, and whether he may, was decided before. What is decoded goes on
to the line at once: there is no queue here that could grow. A call that does not come about, or falls silent, ends by itself.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from aiortc import RTCConfiguration, RTCIceServer, RTCPeerConnection, RTCRtpReceiver, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError, MediaStreamTrack
from av import AudioFrame

from server.live.entrance import LiveLine
from server.live.whip.continuity import Continuity
from server.webrtc.offer import Offer, OfferRefused
from server.webrtc.trickle import Fragment

_OPUS: Final = "audio/opus"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited before a call is given up."""

    half_open_seconds: float = 15.0
    """For the connection, from the answer on."""
    silent_seconds: float = 15.0
    """For the next sound."""


PATIENCE: Final = Patience()


class Ending(StrEnum):
    """Why a call is over."""

    NEVER_MET = "no connection came about"
    FAILED = "the connection failed"
    FELL_SILENT = "nothing was heard any more"
    HUNG_UP = "the DJ has hung up"
    SENT_AWAY = "the station has ended it"
    CLOSED = "this front closes"
    BROKEN = "something failed here"


class Call:
    """Made by `Calls`; `hear` runs as long as the call lasts."""

    def __init__(self, line: LiveLine, offer: Offer, stun_servers: Sequence[str], patience: Patience) -> None:
        self.line = line
        self.secret: Final = secrets.token_hex(16)
        """Whoever knows it may steer the call."""
        self.user: Final = offer.user
        self.etag = ""
        """Of the ICE session, which lasts as long as the call; quoted, as the header has it."""
        self._offer = offer
        self._patience = patience
        self._peer = RTCPeerConnection(RTCConfiguration([RTCIceServer(server) for server in stun_servers]))
        self._settled = asyncio.Event()
        self._tracks: list[MediaStreamTrack] = []
        self._continuity = Continuity()

    @property
    def filled_frames_total(self) -> int:
        """What the network has lost and was filled."""
        return self._continuity.filled_frames_total

    async def answer(self) -> str:
        """The SDP answer. Raises OfferRefused for an offer with which no connection can be made."""
        self._peer.on("track", self._tracks.append)
        self._peer.on("connectionstatechange", self._look)
        transceiver = self._peer.addTransceiver("audio", direction="recvonly")
        capabilities = RTCRtpReceiver.getCapabilities("audio")
        assert capabilities is not None
        transceiver.setCodecPreferences([codec for codec in capabilities.codecs if codec.mimeType.lower() == _OPUS])
        try:
            await self._peer.setRemoteDescription(RTCSessionDescription(self._offer.sound, "offer"))
            await self._peer.setLocalDescription(await self._peer.createAnswer())
        except Exception as error:  # aiortc raises whatever comes to it: ValueError, AssertionError, IndexError, KeyError
            raise OfferRefused("The offer cannot be read as one of WebRTC.") from error
        answer = self._peer.localDescription.sdp
        self.etag = f'"{hashlib.sha256(answer.encode()).hexdigest()[:16]}"'
        return self._offer.answer(answer)

    async def trickle(self, fragment: Fragment) -> None:
        """Takes further addresses of the DJ's."""
        for candidate in fragment.candidates:
            candidate.sdpMLineIndex = 0
            await self._peer.addIceCandidate(candidate)
        if fragment.ended:
            await self._peer.addIceCandidate(None)

    async def hear(self) -> Ending:
        """Hands the DJ's sound to his line until the call is over, and says why it is."""
        try:
            async with asyncio.timeout(self._patience.half_open_seconds):
                await self._settled.wait()
        except TimeoutError:
            return Ending.NEVER_MET
        if self._peer.connectionState != "connected" or not self._tracks:
            return Ending.FAILED
        try:
            while self.line.open:
                async with asyncio.timeout(self._patience.silent_seconds):
                    frame = await self._tracks[0].recv()
                assert isinstance(frame, AudioFrame)
                assert frame.pts is not None
                samples = np.asarray(frame.to_ndarray(), np.int16)  # the decoder's one row, left and right by turns
                self.line.sound(self._continuity.take(frame.pts, samples.reshape(-1, 2)))
        except TimeoutError:
            return Ending.FELL_SILENT
        except MediaStreamError:
            return Ending.HUNG_UP
        return Ending.SENT_AWAY

    async def close(self) -> None:
        """Hangs up. Again: nothing."""
        self.line.close()
        await self._peer.close()

    def _look(self) -> None:
        if self._peer.connectionState not in {"new", "connecting"}:
            self._settled.set()
