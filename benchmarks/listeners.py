"""Listeners of an endless HTTP stream, who note when which byte came: a bare socket, and ffmpeg, which has to decode it.

Times are time.monotonic(). A listener whose connection ends has heard the end; he does not connect again by himself.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final

import numpy as np

from benchmarks.player import Player
from benchmarks.unmeasured import program

AUDIBLE: Final = 10 ** (-60 / 20)
"""The level of dead air, -60 dBFS."""
PCM_BYTES_A_SECOND: Final = 48_000 * 2 * 2
HEAD_SECONDS: Final = 10.0
RECONNECTING: Final = (
    *("-reconnect", "1", "-reconnect_at_eof", "1", "-reconnect_on_network_error", "1"),
    *("-reconnect_streamed", "1", "-reconnect_delay_max", "2"),
)


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


class Decoder:
    """ffmpeg as a listener: what it decodes, when it decoded it, and how loud it was."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.complaints: list[str] = []
        self.dead_seconds = 0.0
        """How much of the decoded sound was below -60 dBFS, in steps of what came together."""

    @property
    def decoded_seconds(self) -> float:
        return sum(arrival.size for arrival in self.arrivals) / PCM_BYTES_A_SECOND

    @asynccontextmanager
    async def listening(self, url: str, reconnects: bool = False) -> AsyncIterator["Decoder"]:
        """ffmpeg listens as long as the block lasts. Raises Unmeasured without ffmpeg."""
        process = await asyncio.create_subprocess_exec(
            program("ffmpeg"),
            *(
                "-nostdin",
                "-v",
                "warning",
                "-fflags",
                "nobuffer",
                "-probesize",
                "32k",
                "-analyzeduration",
                "500000",
                *(RECONNECTING if reconnects else ()),
                "-i",
                url,
                "-map",
                "0:a:0",
            ),
            *("-f", "s16le", "-ac", "2", "-ar", "48000", "-flush_packets", "1", "pipe:1"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout
        assert process.stderr
        tasks = (asyncio.create_task(self._hear(process.stdout)), asyncio.create_task(self._note(process.stderr)))
        try:
            yield self
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await asyncio.gather(*tasks)

    async def _hear(self, sound: asyncio.StreamReader) -> None:
        while data := await sound.read(65_536):
            self.arrivals.append(Arrival(time.monotonic(), len(data)))
            samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2")
            if len(samples) and np.abs(samples).max() < AUDIBLE * 32_768:
                self.dead_seconds += len(data) / PCM_BYTES_A_SECOND

    async def _note(self, errors: asyncio.StreamReader) -> None:
        while line := await errors.readline():
            self.complaints.append(line.decode(errors="replace").strip())
