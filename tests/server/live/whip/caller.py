"""A DJ's program that calls by WHIP: a real WebRTC connection that sends a tone in each channel, in time."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from fractions import Fraction

import numpy as np
from aiohttp import ClientSession
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from av import AudioFrame

FRAMES = 960
LEFT_HZ, RIGHT_HZ = 400.0, 1_000.0
OFFER_HEADERS = {"Content-Type": "application/sdp"}


class Tones(MediaStreamTrack):
    """20 ms at a time. While it is not `flowing`, nothing comes; while it is `muted`, silence comes."""

    kind = "audio"

    def __init__(self, level: float = 0.25, hertz: tuple[float, float] = (LEFT_HZ, RIGHT_HZ)) -> None:
        super().__init__()
        self.muted = False
        self.flowing = asyncio.Event()
        self.flowing.set()
        self._level = level
        self._hertz = np.array(hertz)
        self._number = 0
        self._began_at: float | None = None

    async def recv(self) -> AudioFrame:
        await self.flowing.wait()
        loop = asyncio.get_running_loop()
        if self._began_at is None:
            self._began_at = loop.time()
        await asyncio.sleep(self._began_at + self._number * FRAMES / 48_000 - loop.time())
        seconds = np.arange(self._number * FRAMES, (self._number + 1) * FRAMES)[:, None] / 48_000
        level = 0.0 if self.muted else self._level
        samples = level * np.sin(2 * np.pi * seconds * self._hertz)
        frame = AudioFrame.from_ndarray((samples * 32_767).astype(np.int16).reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = 48_000, self._number * FRAMES, Fraction(1, 48_000)
        self._number += 1
        return frame


class Caller:
    """One connection; `call` makes the call, at most once."""

    def __init__(self, tones: Tones) -> None:
        self.peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        self.tones = tones
        self.location = ""
        self.etag = ""
        self.answer = ""
        self.peer.addTransceiver(self.tones, direction="sendonly")

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return self.peer.localDescription.sdp

    async def call(self, http: ClientSession, address: str, headers: Mapping[str, str] = {}) -> None:
        """Offers, and takes the answer. Fails with what the station said."""
        async with http.post(address, data=await self.offer(), headers={**OFFER_HEADERS, **headers}) as response:
            self.answer = await response.text()
            assert response.status == 201, self.answer
            self.location, self.etag = response.headers["Location"], response.headers["ETag"]
        await self.peer.setRemoteDescription(RTCSessionDescription(self.answer, "answer"))


@asynccontextmanager
async def caller(tones: Tones | None = None) -> AsyncIterator[Caller]:
    """It vanishes without a word when the block is left."""
    one = Caller(tones or Tones())
    try:
        yield one
    finally:
        await one.peer.close()
