"""A programme that decodes: a tone in AAC and a grey picture that changes, made by the real encoders and fed in real time."""

import asyncio
from dataclasses import dataclass
from functools import cache

import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.codec.context import CodecContext

from dsp.block import SAMPLE_RATE
from server.rtmp.feed import Feed
from server.rtmp.media import PictureForm
from server.video.encoder import VideoEncoder
from server.wire.wire import Rendition

KILOBITS = 1_000
BEGIN = 96_000 * 7 + 4_321
TONE_SECONDS = 4


@dataclass(frozen=True)
class Tone:
    rendition: Rendition
    packets: list[bytes]


@cache
def tone() -> Tone:
    """Four seconds that may be repeated: a decoder finds nothing wrong with the seam."""
    context = CodecContext.create("aac", "w")
    assert isinstance(context, AudioCodecContext)
    context.sample_rate, context.layout, context.format, context.bit_rate = SAMPLE_RATE, "stereo", "fltp", 128_000  # type: ignore[assignment]
    context.open()
    packets = []
    for number in range(TONE_SECONDS * SAMPLE_RATE // 1024):
        wave = 0.2 * np.sin(2 * np.pi * 440 * (np.arange(1024) + number * 1024) / SAMPLE_RATE)
        frame = AudioFrame.from_ndarray(np.stack([wave, wave]).astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = SAMPLE_RATE, number * 1024
        packets += [bytes(packet) for packet in context.encode(frame)]
    return Tone(Rendition("aac_128", "aac", 128_000, 1024, bytes(context.extradata or b"")), packets)


class RealProgramme:
    """Feeds `feed` in time with the loop's clock while it goes on."""

    def __init__(self) -> None:
        self._encoder = VideoEncoder(KILOBITS, "ultrafast")
        self.feed = Feed(PictureForm(self._encoder.extradata, 1280, 720, 30, KILOBITS * 1000))
        self.worst_lag_seconds = 0.0
        self._sounds = 0
        self._pictures = 0

    async def go_on(self) -> None:
        """Until cancelled. Notices how late the loop calls it."""
        loop, tone_ = asyncio.get_running_loop(), tone()
        began = loop.time()
        while True:
            before = loop.time()
            await asyncio.sleep(0.01)
            self.worst_lag_seconds = max(self.worst_lag_seconds, loop.time() - before - 0.01)
            played = round((loop.time() - began) * SAMPLE_RATE)
            while self._sounds * 1024 < played:
                packet = tone_.packets[self._sounds % len(tone_.packets)]
                self.feed.packets(tone_.rendition, 1, BEGIN + self._sounds * 1024, [packet])
                self._sounds += 1
            first = -(-BEGIN // 1_600) * 1_600
            while first + (self._pictures + 1) * 1_600 < BEGIN + played:
                self._encoder.canvas.luma[:] = 16 + self._pictures * 3 % 200
                made = await asyncio.to_thread(self._encoder.encode, first + self._pictures * 1_600)
                self.feed.picture(made.position, made.keyframe, made.data)
                self._pictures += 1
