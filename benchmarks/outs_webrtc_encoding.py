"""The other way to build it: the same routes on the same aiortc, but each listener's sound is encoded for him, as aiortc does by default.

`python -m benchmarks.outs_webrtc_encoding PORT`. What is encoded is a tone in stereo, so nothing else is paid for.
"""

import asyncio
import sys
from fractions import Fraction
from typing import Final

import numpy as np
from aiohttp.web import Application, AppRunner, Request, Response, TCPSite
from aiortc import MediaStreamTrack, RTCConfiguration, RTCPeerConnection, RTCRtpSender, RTCSessionDescription
from av import AudioFrame

FRAMES: Final = 960
RATE: Final = 48_000


class Tone(MediaStreamTrack):
    """One listener's sound, in real time."""

    kind = "audio"

    def __init__(self) -> None:
        super().__init__()
        self._now = asyncio.get_running_loop().time
        self._began = self._now()
        self._position = 0
        time = np.arange(FRAMES) / RATE
        wave = 8_000 * np.stack([np.sin(2 * np.pi * 500 * time), np.sin(2 * np.pi * 700 * time)], axis=1)
        self._samples = np.ascontiguousarray(wave.astype(np.int16).reshape(1, -1))

    async def recv(self) -> AudioFrame:
        """The next 20 ms, when they are due."""
        await asyncio.sleep(max(0.0, self._began + self._position / RATE - self._now()))
        frame = AudioFrame.from_ndarray(self._samples, format="s16", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, self._position, Fraction(1, RATE)
        self._position += FRAMES
        return frame


async def serve(port: int) -> None:
    """Until it is ended."""
    peers: set[RTCPeerConnection] = set()

    async def listen(request: Request) -> Response:
        peer = RTCPeerConnection(RTCConfiguration(iceServers=[]))
        peers.add(peer)
        peer.addTrack(Tone())
        opus = [codec for codec in RTCRtpSender.getCapabilities("audio").codecs if codec.mimeType == "audio/opus"]
        peer.getTransceivers()[0].setCodecPreferences(opus)
        await peer.setRemoteDescription(RTCSessionDescription(await request.text(), "offer"))
        await peer.setLocalDescription()
        return Response(status=201, text=peer.localDescription.sdp, content_type="application/sdp", headers={"Location": "/whep/main/1"})

    application = Application()
    application.router.add_post("/whep/main", listen)
    runner = AppRunner(application)
    await runner.setup()
    await TCPSite(runner, "127.0.0.1", port).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
