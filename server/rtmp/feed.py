"""The feed: one encoded programme, sound and pictures in the order of their positions, handed to every target that takes it.

It is a PacketSink of the relay (server/relay/relay.py) for the sound, and is told the pictures. Each unit is made a tag once, for all. It
keeps the tags from the last keyframe on, so that a session can begin at once. It lives on one event loop and knows no network.
"""

import asyncio
from collections import deque
from typing import Final, Protocol

from dsp.block import SAMPLE_RATE
from server.icy.titles import Titles, plain
from server.rtmp.flv import metadata, picture, picture_header, sound, sound_header
from server.rtmp.media import Opening, PictureForm, Tag, TagKind
from server.wire.wire import NowPlaying, Rendition

RENDITION: Final = "aac_128"
"""What every platform takes: AAC-LC, stereo, 48 kHz."""
HOLD_FRAMES: Final = SAMPLE_RATE
"""How long one kind waits for the other to catch up, so that both leave in order."""
JUMP_FRAMES: Final = 5 * SAMPLE_RATE
"""A step of the sound's position that no session's clock should make."""
LONGEST_RECENT: Final = 1_500
"""Tags: more than ten seconds. A picture encoder that makes no keyframes must not fill the memory."""


class Taker(Protocol):
    """Who takes the stream."""

    def take(self, tag: Tag) -> None:
        """The next tag. Never blocks, never raises."""


class Feed:
    """One station's stream."""

    def __init__(self, form: PictureForm) -> None:
        """Raises UnfitMedia where the encoder's parameter sets are none."""
        self.era = 0
        self.recent: list[Tag] = []
        """From the last keyframe on."""
        self.begun = asyncio.Event()
        """There has been a keyframe: a session may begin."""
        self._form = form
        self._pictures_header = picture_header(form.extradata)
        self._rendition: Rendition | None = None
        self._titles = Titles()
        self._said = ("", "")
        self._said_at = 0
        """The furthest position that a title was looked up for: pictures that come late do not bring an old one back."""
        self._metadata = b""
        self._sounds: deque[Tag] = deque()
        self._pictures: deque[Tag] = deque()
        self._sound_edge: int | None = None
        self._picture_edge: int | None = None
        self._takers: list[Taker] = []

    @property
    def opening(self) -> Opening | None:
        """What a session begins with now; None before the first sound has come."""
        if self._rendition is None:
            return None
        return Opening(self._metadata, self._pictures_header, sound_header(self._rendition.header))

    def join(self, taker: Taker) -> None:
        """Hands `taker` everything that comes from now on."""
        self._takers.append(taker)

    def leave(self, taker: Taker) -> None:
        """Hands it nothing more."""
        self._takers.remove(taker)

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:  # noqa: ARG002
        """Consecutive packets of sound; those of other renditions are ignored."""
        if rendition.name != RENDITION:
            return
        if rendition != self._rendition:
            self._rendition = rendition
            self._say()
        for number, packet in enumerate(packets):
            at = position + number * rendition.packet_frames
            if self._sound_edge is not None and not 0 < at - self._sound_edge <= JUMP_FRAMES:
                self._begin_era()
            self._sound_edge = at
            self._sounds.append(Tag(TagKind.SOUND, at, sound(packet), era=self.era))
        self._flush()

    def picture(self, position: int, keyframe: bool, data: bytes) -> None:
        """The next picture, Annex B. One that belongs to another era than the sound is left out."""
        if self._sound_edge is None or abs(position - self._sound_edge) > JUMP_FRAMES:
            return
        self._picture_edge = position
        self._pictures.append(Tag(TagKind.PICTURE, position, picture(data, keyframe), keyframe, self.era))
        self._flush()

    def take_airing(self, now: NowPlaying) -> None:
        """What airs, as Relay.on_change tells it."""
        self._titles.take(now)

    def _begin_era(self) -> None:
        self._sounds.clear()
        self._pictures.clear()
        self.recent.clear()
        self._picture_edge = None
        self._said_at = 0
        self.era += 1

    def _flush(self) -> None:
        """Sends what can have no forerunner any more."""
        while (tag := self._next()) is not None:
            self._announce(tag.position)
            self._send(tag)

    def _next(self) -> Tag | None:
        first, other, edge = self._sounds, self._pictures, self._sound_edge
        others_edge = self._picture_edge
        if not first or (other and other[0].position <= first[0].position):
            first, edge, others_edge = other, self._picture_edge, self._sound_edge
        if not first or edge is None:
            return None
        position = first[0].position
        waited = edge - position > HOLD_FRAMES
        return first.popleft() if waited or (others_edge is not None and position <= others_edge) else None

    def _announce(self, position: int) -> None:
        """Says the title that is heard from here on, if it is another one."""
        if position < self._said_at:
            return
        self._said_at = position
        airing = self._titles.at(position)
        named = (plain(airing.entry.track.title), plain(airing.entry.track.artist)) if airing else ("", "")
        if named != self._said:
            self._said = named
            self._say()
            self._send(Tag(TagKind.TITLE, position, self._metadata, era=self.era))

    def _say(self) -> None:
        if self._rendition is not None:
            self._metadata = metadata(self._form, self._rendition, *self._said)

    def _send(self, tag: Tag) -> None:
        if tag.keyframe or len(self.recent) > LONGEST_RECENT:
            self.recent.clear()
        if tag.keyframe or self.recent:
            self.recent.append(tag)
            self.begun.set()
        for taker in list(self._takers):
            taker.take(tag)
