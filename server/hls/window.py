"""One station's HLS: the rungs cut from the relay's packets, what of them is listed, and who waits for the next part.

A part counts as there when every rung has it, so the rungs stay aligned and all who wait for it, however many, share one future. It is
an output of the relay (a PacketSink); it knows no HTTP.
"""

import asyncio
import gzip
from typing import Final
from zlib import crc32

from server.clock import PART_FRAMES, SEGMENT_FRAMES
from server.hls.date_ranges import DateRanges
from server.hls.playlist import TARGET_DURATION, Listing, Variant, master_playlist, media_playlist
from server.hls.rung import LISTED_SEGMENTS, Rung
from server.hls.segmenter import PARTS_A_SEGMENT
from server.relay.relay import Relay
from server.wire.wire import Hello, Rendition

WAIT_SECONDS: Final = 3.0 * TARGET_DURATION
"""A player that waits longer is told to come again."""
MOST_WAITING: Final = 20_000
CATCHING_UP_FRAMES: Final = 2 * PART_FRAMES


class NotComing(Exception):
    """The part did not come in time, or too many wait already."""


class Window:
    """The HLS of one station. Made on the front's loop."""

    def __init__(self, relay: Relay, wait_seconds: float = WAIT_SECONDS, most_waiting: int = MOST_WAITING) -> None:
        self._relay = relay
        self._wait_seconds = wait_seconds
        self._most_waiting = most_waiting
        self._hello: Hello | None = None
        self._rungs: dict[str, Rung] = {}
        self._sittings: dict[int, int] = {}
        """Of each segment, the sitting of its first part."""
        self._ranges = DateRanges()
        self._epoch_milliseconds = 0
        self._tag = ""
        self._listing: Listing | None = None
        self._texts: dict[tuple[str, bool, bool], bytes] = {}
        """Playlists of this listing, made when first asked for: by rung ("" is the master), delta, gzip."""
        self._coming: dict[int, asyncio.Future[None]] = {}
        self._waiting = 0
        relay.attach(self)

    @property
    def listing(self) -> Listing | None:
        """What the playlists say now; None until a segment is whole."""
        return self._listing

    @property
    def waiting(self) -> int:
        """How many requests wait for a part."""
        return self._waiting

    def rung(self, name: str) -> Rung | None:
        """One rendition, if the station has it as AAC."""
        return self._rungs.get(name)

    def tagged(self, tag: str) -> bool:
        """Whether names with this tag are of the present epoch."""
        return tag == self._tag

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:
        """Takes packets of the relay; lists the parts that they complete in every rung."""
        if rendition.codec != "aac":
            return
        self._look_up()
        rung = self._rungs[rendition.name]
        for part in rung.take(sitting, position, packets):
            self._sittings[part.number // PARTS_A_SEGMENT] = self._sittings.get(part.number // PARTS_A_SEGMENT, part.sitting)
            self._list_new_parts()

    def _look_up(self) -> None:
        """Learns the station's renditions and epoch where they are new or have changed: then all begins anew."""
        hello = self._relay.hello
        if hello is self._hello:
            return
        assert hello is not None, "packets come after Hello"
        before, self._hello = self._hello, hello
        if before is not None and (before.epoch, before.renditions) == (hello.epoch, hello.renditions):
            return
        self._rungs = {rendition.name: Rung(rendition) for rendition in hello.renditions if rendition.codec == "aac"}
        self._sittings.clear()
        self._epoch_milliseconds = round(hello.epoch * 1000)
        self._tag = _base36(self._epoch_milliseconds)
        self._listing = None
        self._texts.clear()

    def _list_new_parts(self) -> None:
        edge = min(rung.edge for rung in self._rungs.values())
        if self._listing is not None and self._listing.edge == edge:
            return
        whole = -(-max(rung.begin for rung in self._rungs.values()) // PARTS_A_SEGMENT)
        growing = edge // PARTS_A_SEGMENT
        if growing <= whole:  # behind a hole nothing is listed until a segment is whole again
            self._listing = None
            self._texts.clear()
            return
        if self._listing is None and edge * PART_FRAMES < self._relay.position_now() - CATCHING_UP_FRAMES:
            return  # the engine still hands over what it kept: to list that would be a step back for whoever listened to another front
        first = max(whole, growing - LISTED_SEGMENTS)
        self._sittings = {number: sitting for number, sitting in self._sittings.items() if number >= first}
        numbers = range(first, growing + (edge % PARTS_A_SEGMENT > 0))
        ranges = self._ranges.of(self._relay.on_air, first * SEGMENT_FRAMES, edge * PART_FRAMES)
        sittings = tuple(self._sittings[number] for number in numbers)
        new_segment = self._listing is None or self._listing.growing != growing
        self._texts = {} if new_segment else {key: text for key, text in self._texts.items() if not key[0]}
        self._listing = Listing(self._epoch_milliseconds, self._tag, first, edge, sittings, ranges)
        for number in [number for number in self._coming if number < edge]:
            self._coming.pop(number).set_result(None)

    async def wait_for(self, part: int) -> None:
        """Returns when `part` is listed. Raises NotComing."""
        if self._listing is not None and part < self._listing.edge:
            return
        if self._waiting >= self._most_waiting:
            raise NotComing("Too many wait already")
        coming = self._coming.get(part)
        if coming is None:
            coming = self._coming[part] = asyncio.get_running_loop().create_future()
        self._waiting += 1
        try:
            async with asyncio.timeout(self._wait_seconds):
                await asyncio.shield(coming)
        except TimeoutError:
            raise NotComing(f"Part {part} did not come within {self._wait_seconds:g} s") from None
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._coming.clear()

    def master(self, *, compressed: bool) -> bytes | None:
        """The master playlist, or None before the first segment."""
        return self._text("", delta=False, compressed=compressed)

    def playlist(self, rendition: str, *, delta: bool, compressed: bool) -> bytes | None:
        """One rung's playlist, or None before the first segment."""
        return self._text(rendition, delta=delta, compressed=compressed)

    def _text(self, rendition: str, *, delta: bool, compressed: bool) -> bytes | None:
        if self._listing is None:
            return None
        key = (rendition, delta, compressed)
        text = self._texts.get(key)
        if text is None:
            text = self._compose(self._listing, rendition, delta=delta).encode()
            text = self._texts[key] = gzip.compress(text, 5, mtime=0) if compressed else text
        return text

    def _compose(self, listing: Listing, rendition: str, *, delta: bool) -> str:
        if not rendition:
            return master_playlist(
                Variant(rung.rendition.name, rung.rendition.bitrate, *rung.bits_per_second()) for rung in self._rungs.values()
            )
        others = [name for name in self._rungs if name != rendition]
        return media_playlist(listing, rendition, self.init_uri(rendition), others, delta=delta)

    def init_uri(self, rendition: str) -> str:
        """Where a rung's init segment is, relative to its playlist. Its content is part of its name."""
        return f"{self._tag}/{rendition}/init-{crc32(self._rungs[rendition].init):08x}.mp4"


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"
