"""A listener of an endless HTTP stream who notes when which byte came.

Times are time.monotonic(). One whose connection ends has heard the end; he does not connect again by himself.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

from benchmarks.player import Player

HEAD_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """Bytes that came together."""

    at: float
    size: int


def longest_gap(arrivals: Sequence[Arrival], begin: float, end: float) -> float:
    """The longest time without a byte between `begin` and `end`, in seconds; the edges count as arrivals."""
    times = [begin, *(arrival.at for arrival in arrivals if begin <= arrival.at <= end), end]
    return max(later - earlier for earlier, later in pairwise(times))


def cadence(arrivals: Sequence[Arrival], begin: float, end: float) -> float:
    """The usual time between two arrivals, in seconds."""
    times = [arrival.at for arrival in arrivals if begin <= arrival.at <= end]
    return median(later - earlier for earlier, later in pairwise(times)) if len(times) > 1 else 0.0


class Listener:
    """A bare socket on a mount of constant bit rate, read as fast as it comes, with a model of the player behind it."""

    def __init__(self, port: int, path: str, bytes_a_second: int) -> None:
        self.arrivals: list[Arrival] = []
        self.player = Player()
        self.ended: str | None = None
        """Why it is over; None while he listens."""
        self.over = asyncio.Event()
        self._port = port
        self._path = path
        self._bytes_a_second = bytes_a_second
        self._heard = asyncio.Event()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["Listener"]:
        """He listens as long as the block lasts, or until the server ends it."""
        task = asyncio.create_task(self._listen())
        try:
            yield self
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            if self.ended is None:
                self.player.wait(time.monotonic())

    async def heard(self, seconds: float) -> float:
        """When his first sound came; raises TimeoutError after `seconds`."""
        async with asyncio.timeout(seconds):
            await self._heard.wait()
        return self.arrivals[0].at

    async def _listen(self) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        except OSError as error:
            self.ended = f"no connection: {error}"
            self.over.set()
            return
        try:
            writer.write(f"GET {self._path} HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nUser-Agent: bench\r\n\r\n".encode())
            async with asyncio.timeout(HEAD_SECONDS):
                head = await reader.readuntil(b"\r\n\r\n")
            if b" 200 " not in head.split(b"\r\n", 1)[0]:
                self.ended = head.split(b"\r\n", 1)[0].decode(errors="replace")
                return
            await self._drain(reader)
            self.ended = "the server ended it"
        except (OSError, EOFError, TimeoutError) as error:
            self.ended = f"{type(error).__name__}: {error}"
        finally:
            writer.close()
            self.over.set()

    async def _drain(self, reader: asyncio.StreamReader) -> None:
        while data := await reader.read(65_536):
            now = time.monotonic()
            self.arrivals.append(Arrival(now, len(data)))
            self.player.arrive(len(data) / self._bytes_a_second, now)
            self._heard.set()


async def first_sound(port: int, path: str, seconds: float) -> float:
    """Connects again and again until a mount gives sound: the time at which it came. Raises TimeoutError after `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            listener = Listener(port, path, 1)
            async with listener.listening():
                while listener.ended is None:
                    with suppress(TimeoutError):
                        return await listener.heard(0.1)
            await asyncio.sleep(0.02)
