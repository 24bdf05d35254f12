"""Listeners on aiortc's own side of the wire: what they hear is decoded, what they are told is kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import numpy as np
from aiohttp import ClientSession
from aiortc import RTCConfiguration, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import MediaStreamError
from aiortc.rtp import RtcpPacket, RtcpSrPacket, RtpPacket
from av import AudioFrame

from dsp.block import Samples

DEADLINE_SECONDS = 20


@dataclass
class Ear:
    """One who listens."""

    peer: RTCPeerConnection
    session: str
    """The address of his session."""
    etag: str
    answer: str
    frames: list[AudioFrame] = field(default_factory=list)
    packets: list[RtpPacket] = field(default_factory=list)
    reports: list[RtcpSrPacket] = field(default_factory=list)
    news: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when something has come."""

    async def until(self, met: Callable[[], bool]) -> None:
        """Returns when it is so; fails after a while."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while not met():
                self.news.clear()
                await self.news.wait()

    def sound(self, skip: int = 10) -> Samples:
        """What came, without the first frames. float32 [2, frames]."""
        return np.concatenate([frame.to_ndarray().reshape(-1, 2).T for frame in self.frames[skip:]], axis=1).astype(np.float32) / 32_768


async def offer(peer: RTCPeerConnection) -> str:
    """What a listener posts."""
    peer.addTransceiver("audio", direction="recvonly")
    await peer.setLocalDescription(await peer.createOffer())
    return str(peer.localDescription.sdp)


@asynccontextmanager
async def ear(whep: str) -> AsyncIterator[Ear]:
    """Connected, and gone with the block."""
    peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
    tasks: list[asyncio.Task[None]] = []
    try:
        async with ClientSession() as http, http.post(whep, data=await offer(peer), headers={"Content-Type": "application/sdp"}) as said:
            answer = await said.text()
            assert said.status == 201, answer
            listener = Ear(peer, str(said.url.join(said.url.with_path(said.headers["Location"]))), said.headers["ETag"], answer)
        peer.on("track", lambda track: tasks.append(asyncio.create_task(_listen(listener, track))))
        await peer.setRemoteDescription(RTCSessionDescription(answer, "answer"))
        _tap(listener)
        yield listener
    finally:
        await peer.close()
        for task in tasks:
            task.cancel()
            with suppress(MediaStreamError, asyncio.CancelledError):
                await task


async def _listen(listener: Ear, track) -> None:  # type: ignore[no-untyped-def]
    while True:
        listener.frames.append(await track.recv())
        listener.news.set()


def _tap(listener: Ear) -> None:
    """Keeps what comes in before aiortc has done with it."""
    [transceiver] = listener.peer.getTransceivers()
    receiver = transceiver.receiver
    take_rtp, take_rtcp = receiver._handle_rtp_packet, receiver._handle_rtcp_packet

    async def rtp(packet: RtpPacket, arrival_time_ms: int) -> None:
        listener.packets.append(packet)
        await take_rtp(packet, arrival_time_ms)

    async def rtcp(packet: RtcpPacket) -> None:
        if isinstance(packet, RtcpSrPacket):
            listener.reports.append(packet)
            listener.news.set()
        await take_rtcp(packet)

    receiver._handle_rtp_packet, receiver._handle_rtcp_packet = rtp, rtcp
