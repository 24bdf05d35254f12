"""One source: a DJ's program that is connected, from the first byte of its stream to why it ended.

It feeds what comes on the connection to a decoder, and what the decoder hears to the DJ's line, at the pace at which it sounds. It knows
no HTTP beyond the body and lets nobody in: who is here, is.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from server.live.decoder import Decoder, DecoderFailed, Sound, Title, Undecodable
from server.live.icecast.body import Body
from server.live.icecast.pace import Pace
from server.live.icecast.request import Refusal
from server.live.icecast.titles import split
from server.live.session import Session

READ_BYTES: Final = 16_384
SILENT_SECONDS: Final = 10.0
"""A source that gives no sound for so long is ended."""
NAMELESS_SECONDS: Final = 3.0
"""Sound without a title after which the source's own name becomes the title."""


class Ending(StrEnum):
    """Why a source is no more."""

    LEFT = "left"
    SILENT = "silent"
    UNPLAYABLE = "unplayable"
    FAILED = "failed"
    """Not for anything that the source did."""
    SHOWN_OUT = "shown_out"
    """Somebody in the house has closed the line."""


STATUS: Final = {Ending.LEFT: 200, Ending.SILENT: 408, Ending.UNPLAYABLE: 415, Ending.FAILED: 503, Ending.SHOWN_OUT: 403}
"""HTTP's word for it, where one can still be said."""


@dataclass(frozen=True, slots=True)
class Departure:
    """How it ended, and a sentence for the DJ."""

    ending: Ending
    reason: str


class Line(Protocol):
    """What a source asks of a DJ's line (server/live/entrance.py)."""

    @property
    def session(self) -> Session:
        """As it is now."""

    @property
    def open(self) -> bool:
        """Nobody has closed it."""

    def sound(self, samples: bytes) -> None:
        """The next sound."""

    def change(self, title: str | None = None, artist: str | None = None) -> None:
        """Another title."""

    def close(self) -> None:
        """The DJ has gone."""


class Incoming(Protocol):
    """The connection, as far as it is read."""

    async def read(self, most: int, /) -> bytes:
        """What comes next; empty at its end. Raises ConnectionError."""


class Source:
    """A connected source."""

    def __init__(self, line: Line, name: Title, silent_seconds: float, sleep: Callable[[float], Awaitable[None]]) -> None:
        """`name`: what it calls itself."""
        self.line = line
        self._name = name
        self._silent_seconds = silent_seconds
        self._sleep = sleep
        self._sounded_seconds = 0.0
        self._read_bytes = 0
        self._complaint: str | None = None

    def say(self, title: Title) -> None:
        """What is heard from now on."""
        self.line.change(title=title.title, artist=title.artist)

    async def play(self, incoming: Incoming, body: Body, decoder: Decoder) -> Departure:
        """Until it ends."""
        pumping = asyncio.create_task(self._pump(incoming, body, decoder))
        try:
            return await self._listen(decoder)
        except Undecodable as error:
            return Departure(Ending.UNPLAYABLE, error.reason)
        except DecoderFailed as error:
            return Departure(Ending.FAILED, str(error))
        finally:
            pumping.cancel()
            await asyncio.gather(pumping, return_exceptions=True)

    async def _pump(self, incoming: Incoming, body: Body, decoder: Decoder) -> None:
        """From the connection to the decoder, as fast as the decoder takes it."""
        with suppress(ConnectionError):
            while not body.done and (data := await incoming.read(READ_BYTES)):
                self._read_bytes += len(data)
                try:
                    await decoder.feed(body.take(data))
                except Refusal as refusal:
                    self._complaint = refusal.reason
                    break
        decoder.finish()

    async def _listen(self, decoder: Decoder) -> Departure:
        """From the decoder to the line, at the pace of the sound."""
        loop = asyncio.get_running_loop()
        pace: Pace | None = None
        deadline = loop.time() + self._silent_seconds
        while True:
            before = self._read_bytes
            try:
                async with asyncio.timeout_at(deadline):
                    heard = await decoder.next()
            except TimeoutError:
                return self._silent(self._read_bytes > before)
            if heard is None:
                return self._ended()
            if not self.line.open:
                return Departure(Ending.SHOWN_OUT, "The station has ended the show.")
            if isinstance(heard, Title):
                self._say_if_any(heard)
                continue
            self._sound(heard)
            pace = pace or Pace(loop.time())
            wait_seconds = pace.passed(heard.seconds, loop.time())
            if wait_seconds:
                await self._sleep(wait_seconds)
            deadline = loop.time() + self._silent_seconds

    def _sound(self, sound: Sound) -> None:
        self.line.sound(sound.samples)
        nameless = self._sounded_seconds < NAMELESS_SECONDS
        self._sounded_seconds += sound.seconds
        if nameless and self._sounded_seconds >= NAMELESS_SECONDS and not self.line.session.title:
            self._say_if_any(self._name)

    def _say_if_any(self, title: Title) -> None:
        if title.title:
            self.say(split(title))

    def _silent(self, sends: bool) -> Departure:
        if sends:
            return Departure(Ending.UNPLAYABLE, f"What came in the last {self._silent_seconds:g} seconds holds no sound.")
        return Departure(Ending.SILENT, f"Nothing came in the last {self._silent_seconds:g} seconds.")

    def _ended(self) -> Departure:
        if self._complaint is not None:
            return Departure(Ending.UNPLAYABLE, self._complaint)
        return Departure(Ending.LEFT, "The source has ended its stream.")
