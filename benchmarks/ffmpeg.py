"""ffmpeg as a listener, who decodes what he gets, and as a referee of time, who only reads the time stamps of packets."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import Any, Final, TypeAlias

import numpy as np

from benchmarks.listeners import Arrival
from benchmarks.unmeasured import program

AUDIBLE: Final = 10 ** (-60 / 20)
"""The level of dead air, -60 dBFS."""
PCM_BYTES_A_SECOND: Final = 48_000 * 2 * 2
QUICK: Final = ("-probesize", "32k", "-analyzeduration", "500000")
Reader: TypeAlias = Callable[[asyncio.StreamReader], Coroutine[Any, Any, None]]
RECONNECTING: Final = (
    *("-reconnect", "1", "-reconnect_at_eof", "1", "-reconnect_on_network_error", "1"),
    *("-reconnect_streamed", "1", "-reconnect_delay_max", "2"),
)


class Decoder:
    """What it decoded, when, and how loud it was."""

    def __init__(self) -> None:
        self.arrivals: list[Arrival] = []
        self.complaints: list[str] = []
        self.dead_seconds = 0.0
        """How much of the decoded sound was below -60 dBFS, in steps of what came together."""
        self.over = asyncio.Event()

    @property
    def decoded_seconds(self) -> float:
        return sum(arrival.size for arrival in self.arrivals) / PCM_BYTES_A_SECOND

    def listening(self, url: str, reconnects: bool = False) -> AbstractAsyncContextManager[None]:
        """Listens as long as the block lasts. Raises Unmeasured without ffmpeg."""
        source = (*QUICK, *(RECONNECTING if reconnects else ()), "-i", url)
        return _running((*source, "-map", "0:a:0", "-f", "s16le", "-ac", "2", "-ar", "48000"), self._hear, self.complaints)

    async def _hear(self, sound: asyncio.StreamReader) -> None:
        while data := await sound.read(65_536):
            self.arrivals.append(Arrival(time.monotonic(), len(data)))
            samples = np.frombuffer(data[: len(data) // 2 * 2], "<i2")
            if len(samples) and np.abs(samples).max() < AUDIBLE * 32_768:
                self.dead_seconds += len(data) / PCM_BYTES_A_SECOND
        self.over.set()


class Timeline:
    """The packets of one stream, in its own time base."""

    def __init__(self) -> None:
        self.packets = 0
        self.gaps = 0
        """Packets that begin after the end of the one before."""
        self.steps_back = 0
        """Packets that begin before that end."""
        self.complaints: list[str] = []
        self._end: int | None = None

    def following(self, url: str) -> AbstractAsyncContextManager[None]:
        """Follows the stream as long as the block lasts. Raises Unmeasured without ffmpeg."""
        return _running(("-copyts", "-i", url, "-map", "0:a:0", "-c", "copy", "-f", "framecrc"), self._read, self.complaints)

    def take(self, pts: int, duration: int) -> None:
        """The next packet."""
        if self._end is not None:
            self.gaps += pts > self._end
            self.steps_back += pts < self._end
        self.packets += 1
        self._end = pts + duration

    async def _read(self, lines: asyncio.StreamReader) -> None:
        while line := await lines.readline():
            fields = line.decode().split(",")
            if not line.startswith(b"#") and len(fields) >= 6:
                self.take(int(fields[2]), int(fields[3]))


@asynccontextmanager
async def _running(arguments: tuple[str, ...], read: Reader, complaints: list[str]) -> AsyncIterator[None]:
    """ffmpeg with these arguments; `read` gets its standard output, `complaints` what it says."""
    process = await asyncio.create_subprocess_exec(
        *(program("ffmpeg"), "-nostdin", "-v", "warning", *arguments, "-flush_packets", "1", "pipe:1"),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert process.stdout
    assert process.stderr

    async def note(errors: asyncio.StreamReader) -> None:
        while line := await errors.readline():
            complaints.append(line.decode(errors="replace").strip())

    tasks = (asyncio.create_task(read(process.stdout)), asyncio.create_task(note(process.stderr)))
    try:
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()
        await asyncio.gather(*tasks)
