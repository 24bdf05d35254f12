"""WHEP of cardboard: one tone on the left, another on the right, in packets stamped with the station's position, to whoever asks."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import count
from typing import Final

import av
import numpy as np
from aiohttp.web import HTTPNotFound, Request, Response, StreamResponse
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.rtp import RtpPacket

from server.route import PUBLIC, Route

RATE: Final = 48_000
FRAMES: Final = 960
LEFT_HZ: Final = 300
RIGHT_HZ: Final = 700


class FakeWhep:
    """It tells of a position that is `late_frames` behind the one that `position_now` tells. It can be full, and fall silent."""

    late_frames: Final = RATE // 10

    def __init__(self, position_now: Callable[[], int]) -> None:
        self.full = False
        self.mute = False
        self.offers: list[str] = []
        self.ended: list[str] = []
        self._position_now = position_now
        self._peers: dict[str, tuple[RTCPeerConnection, int]] = {}
        self._packets = _tones()

    def routes(self) -> list[Route]:
        return [Route("POST", "/whep/{station}", PUBLIC, self.meet), Route("DELETE", "/whep/{station}/{session}", PUBLIC, self.leave)]

    @asynccontextmanager
    async def sending(self) -> AsyncIterator[None]:
        work = asyncio.create_task(self._send())
        try:
            yield
        finally:
            work.cancel()
            with suppress(asyncio.CancelledError):
                await work
            await asyncio.gather(*(peer.close() for peer, _ in self._peers.values()))

    async def meet(self, request: Request) -> StreamResponse:
        offer = await request.text()
        self.offers.append(offer)
        if self.full:
            return Response(status=503, headers={"Retry-After": "5"})
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        transceiver = peer.addTransceiver("audio", direction="sendonly")
        await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
        await peer.setLocalDescription(await peer.createAnswer())
        payload_type = next(codec.payloadType for codec in transceiver._codecs if codec.name == "opus")
        session = secrets.token_hex(4)
        self._peers[session] = peer, payload_type
        headers = {"Location": f"{request.path}/{session}", "Content-Type": "application/sdp"}
        return Response(status=201, text=peer.localDescription.sdp, headers=headers)

    async def leave(self, request: Request) -> StreamResponse:
        session = request.match_info["session"]
        if session not in self._peers:
            raise HTTPNotFound
        self.ended.append(session)
        peer, _ = self._peers.pop(session)
        await peer.close()
        return Response()

    async def _send(self) -> None:
        loop = asyncio.get_running_loop()
        begun, first = loop.time(), self._position_now() - self.late_frames
        for number in count():
            await asyncio.sleep(max(0.0, begun + number * FRAMES / RATE - loop.time()))
            position = first + number * FRAMES
            if self.mute:
                continue
            for peer, payload_type in list(self._peers.values()):
                [sender] = peer.getSenders()
                packet = RtpPacket(payload_type, sequence_number=number & 0xFFFF, timestamp=position & 0xFFFFFFFF, ssrc=sender._ssrc)
                packet.payload = self._packets[number % len(self._packets)]
                with suppress(ConnectionError):  # not connected yet, or not any more
                    await sender.transport._send_rtp(packet.serialize())


def _tones() -> list[bytes]:
    """A second of both: whole periods, so that it can be sent round and round."""
    encoder = av.CodecContext.create("libopus", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = RATE, "stereo", "flt", 128_000
    time = np.arange(RATE) / RATE
    sound = 0.4 * np.stack([np.sin(2 * np.pi * LEFT_HZ * time), np.sin(2 * np.pi * RIGHT_HZ * time)], axis=1).astype(np.float32)
    packets: list[bytes] = []
    for block in np.split(sound, RATE // FRAMES):
        frame = av.AudioFrame.from_ndarray(block.reshape(1, -1), format="flt", layout="stereo")
        frame.sample_rate = RATE
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets
