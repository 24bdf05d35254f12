"""A programme for publishers: packets and pictures whose content says what they are, in time with the event loop's clock."""

import asyncio

from dsp.block import SAMPLE_RATE
from server.rtmp.feed import Feed
from server.rtmp.media import PictureForm
from server.track import Airing, Entry, Reason, Source, Track
from server.wire.wire import NowPlaying, Rendition

SPS, PPS = b"\x67\x4d\x40\x1f\xaa", b"\x68\xee\x3c\x80"
FORM = PictureForm(b"\0\0\0\1" + SPS + b"\0\0\0\1" + PPS, 1280, 720, 30, 3_000_000)
RENDITION = Rendition("aac_128", "aac", 128_000, 1024, b"\x11\x90")
PICTURE = 1_600
GOP = 60
BEGIN = 96_000 * 5


def airing(title: str, artist: str, position: int) -> Airing:
    track = Track(title, title, artist, Source.LIBRARY, f"/{title}", 1, -16.0, -1.0, 0, 1, 1)
    return Airing(Entry(title, track, Reason.LIBRARY), position, position + 10**9)


def on_air(title: str, artist: str, position: int, *history: Airing) -> NowPlaying:
    return NowPlaying(position, airing(title, artist, position), [], list(history))


class Programme:
    """Feeds a feed. `picture_bytes`: of a keyframe; the others have a fifth of it."""

    def __init__(self, feed: Feed, position: int = BEGIN, picture_bytes: int = 30_000) -> None:
        self.feed = feed
        self.position = position
        self._picture_bytes = picture_bytes
        self._sound_at = position
        self._picture_at = position

    def play(self, seconds: float) -> None:
        """All of this at once."""
        end = self.position + round(seconds * SAMPLE_RATE)
        while self.position < end:
            self.position = min(end, self.position + SAMPLE_RATE // 10)
            self._play()

    def _play(self) -> None:
        while self._sound_at < self.position:
            self.feed.packets(RENDITION, 1, self._sound_at, [b"s%d" % self._sound_at + bytes(330)])
            self._sound_at += 1024
        while self._picture_at < self.position - PICTURE:
            key = self._picture_at % (GOP * PICTURE) == 0
            size = self._picture_bytes if key else self._picture_bytes // 5
            unit = (b"\x65" if key else b"\x41") + b"%d" % self._picture_at
            self.feed.picture(self._picture_at, key, b"\0\0\0\1" + unit.ljust(size, b"p"))
            self._picture_at += PICTURE

    def jump(self, frames: int) -> None:
        """The station's clock is somewhere else from now on."""
        self.position += frames
        self._sound_at = self.position
        self._picture_at = -(-self.position // (GOP * PICTURE)) * GOP * PICTURE

    async def go_on(self, seconds: float) -> None:
        """In time with the loop."""
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while loop.time() < end:
            step = min(0.1, end - loop.time())
            await asyncio.sleep(step)
            self.play(step)
