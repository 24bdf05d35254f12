"""A mount: one rendition of one station as an endless body, and all who listen to it.

It gathers packets to parts, frames each part once, keeps the last seconds for the burst, and hands every part to every listener in
one pass. It does not know where packets come from (while the engine is away they are the emergency loop's: just more packets), nor
HTTP, nor who its listeners are.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from dsp.block import frames_of, seconds_of
from server.clock import PART_FRAMES
from server.icy.chunk import Chunk, Framing
from server.icy.listener import LONGEST_LAG_SECONDS, Departure, Listener, Marks
from server.icy.titles import Titles, block, spoken
from server.wire.wire import Rendition


class NoPlace(Exception):
    """The mount has as many listeners as it may have."""


class NothingYet(Exception):
    """No sound of this station has come yet."""


@dataclass(frozen=True, slots=True)
class MountLimits:
    """How generous a mount is."""

    burst_seconds: float = 4.0
    queue_bytes: int = 512 * 1024
    """What may wait for one listener."""
    listeners: int = 10_000


GATHER_SECONDS: Final = seconds_of(PART_FRAMES)
_SPARE_FRAMES: Final = 2 * PART_FRAMES
"""Kept before the burst: a front that was held up still finds the packet to begin with."""


def heard_after_seconds(burst_seconds: float) -> float:
    """How long after a position is on air a listener of a mount hears it: he plays from the start of the burst, a part is gathered."""
    return burst_seconds + GATHER_SECONDS


class Mount:
    """Takes the packets of the rendition named `rendition`; see server.relay.relay.PacketSink."""

    def __init__(
        self,
        rendition: str,
        framing: Callable[[Rendition], Framing],
        titles: Titles,
        limits: MountLimits,
        kicked: Callable[[str], None],
    ) -> None:
        self.rendition: Rendition | None = None
        self.peak = 0
        self._name = rendition
        self._framing_of = framing
        self._framing: Framing | None = None
        self._titles = titles
        self._limits = limits
        self._kicked = kicked
        self._gathered: list[bytes] = []
        self._gathered_from = 0
        self._burst_frames = frames_of(limits.burst_seconds)
        self._burst: deque[Chunk] = deque()
        """The burst and `_SPARE_FRAMES` before it."""
        self._listeners: set[Listener] = set()
        self._waiting: list[asyncio.Future[None]] = []

    def __len__(self) -> int:
        """How many listen."""
        return len(self._listeners)

    @property
    def full(self) -> bool:
        """Whether no more may join."""
        return len(self._listeners) >= self._limits.listeners

    @property
    def burst_frames(self) -> int:
        """How much lies behind a position at which a listener may begin."""
        return self._burst_frames

    @property
    def sounding(self) -> bool:
        """Whether there is something to hear."""
        return bool(self._burst)

    @property
    def newest_position(self) -> int:
        """The first position that has not been sent; 0 before all sound."""
        return self._burst[-1].end if self._burst else 0

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:  # noqa: ARG002
        """Gathers, and sends what makes a part. What follows a hole is sent after what came before it: players bridge that."""
        if rendition.name != self._name:
            return
        if rendition != self.rendition:
            self._begin(rendition)
        if self._gathered and position != self._gathered_from + len(self._gathered) * rendition.packet_frames:
            self._flush()
        for packet in packets:
            if not self._gathered:
                self._gathered_from = position
            self._gathered.append(packet)
            position += rendition.packet_frames
            if position - self._gathered_from >= PART_FRAMES:
                self._flush()
        # MP3 packets do not divide a part: a batch that ends just short of it must not wait for the next one.
        if len(self._gathered) * rendition.packet_frames >= PART_FRAMES - 2 * rendition.packet_frames:
            self._flush()

    async def reached(self, position: int) -> None:
        """Returns when there is sound to be sent that lies behind `position`; at once if there is."""
        while self.newest_position <= position:
            self._waiting.append(asyncio.get_running_loop().create_future())
            await self._waiting[-1]

    def join(self, transport: asyncio.Transport, wants_titles: bool, begin: int | None = None) -> Listener:
        """Gives a place and sends the burst, from the packet at `begin` on if it goes back that far. Raises NoPlace, NothingYet."""
        if self.rendition is None or not self.sounding:
            raise NothingYet
        if self.full:
            raise NoPlace
        chunks = [chunk for chunk in self._burst if chunk.end > (self.newest_position - self._burst_frames if begin is None else begin)]
        if not chunks:  # that position is still to come
            raise NothingYet
        left_out = 0 if begin is None else chunks[0].offset_of(begin)
        burst = chunks[0].head + b"".join(chunk.data for chunk in chunks)[left_out:]
        lag_bytes = int(self.rendition.bitrate / 8 * LONGEST_LAG_SECONDS)
        longest = max(min(self._limits.queue_bytes, lag_bytes), 2 * len(burst))  # a long burst must have room
        listener = Listener(transport, wants_titles, longest)
        if listener.send(burst, [(max(0, at - left_out), said) for at, said in self._marks_of(chunks)]):
            self._listeners.add(listener)
            self.peak = max(self.peak, len(self._listeners))
        return listener

    def leave(self, listener: Listener) -> None:
        """Ends it if it has not ended."""
        self._listeners.discard(listener)
        listener.depart(Departure.LEFT)

    def _begin(self, rendition: Rendition) -> None:
        """Starts the body anew: the first time, or when the engine came back with another encoder and players must reconnect."""
        for listener in self._listeners:
            listener.depart(Departure.LEFT)
        self._listeners.clear()
        self._burst.clear()
        self._gathered = []
        self.rendition = rendition
        self._framing = self._framing_of(rendition)

    def _flush(self) -> None:
        assert self._framing is not None
        chunk = self._framing.frame(self._gathered_from, self._gathered)
        self._gathered = []
        self._burst.append(chunk)
        while self._burst[0].end <= chunk.end - self._burst_frames - _SPARE_FRAMES:
            self._burst.popleft()
        self._send(chunk)
        for waiting in self._waiting:
            if not waiting.done():
                waiting.set_result(None)
        self._waiting.clear()

    def _send(self, chunk: Chunk) -> None:
        marks = self._marks(chunk)
        gone = [listener for listener in self._listeners if not listener.send(chunk.data, marks)]
        for listener in gone:
            self._listeners.discard(listener)
            if (why := listener.departure.result()) is Departure.SLOW:
                self._kicked(why)

    def _marks(self, chunk: Chunk) -> Marks:
        starts = [chunk.position, *self._titles.starts_within(chunk.position, chunk.end)]
        return [(chunk.offset_of(start), block(spoken(self._titles.at(start)))) for start in starts]

    def _marks_of(self, chunks: list[Chunk]) -> Marks:
        marks: list[tuple[int, bytes]] = []
        begin = 0
        for chunk in chunks:
            marks += [(begin + offset, said) for offset, said in self._marks(chunk)]
            begin += len(chunk.data)
        return marks
