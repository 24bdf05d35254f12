"""ffmpeg as a referee of time: the time stamps of the packets that it takes from a stream, without decoding them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from benchmarks.unmeasured import program


@dataclass(slots=True)
class Timeline:
    """The packets of one stream, in its own time base."""

    packets: int = 0
    gaps: int = 0
    """Packets that begin after the end of the one before."""
    steps_back: int = 0
    """Packets that begin before that end."""
    end: int | None = None
    complaints: list[str] = field(default_factory=list)

    def take(self, pts: int, duration: int) -> None:
        """The next packet."""
        if self.end is not None:
            self.gaps += pts > self.end
            self.steps_back += pts < self.end
        self.packets += 1
        self.end = pts + duration

    @asynccontextmanager
    async def following(self, url: str) -> AsyncIterator["Timeline"]:
        """ffmpeg follows the stream as long as the block lasts. Raises Unmeasured without ffmpeg."""
        process = await asyncio.create_subprocess_exec(
            program("ffmpeg"),
            *(
                "-nostdin",
                "-v",
                "warning",
                "-copyts",
                "-i",
                url,
                "-map",
                "0:a:0",
                "-c",
                "copy",
                "-flush_packets",
                "1",
                "-f",
                "framecrc",
                "pipe:1",
            ),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout
        assert process.stderr
        tasks = (asyncio.create_task(self._read(process.stdout)), asyncio.create_task(self._note(process.stderr)))
        try:
            yield self
        finally:
            with suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            await asyncio.gather(*tasks)

    async def _read(self, lines: asyncio.StreamReader) -> None:
        while line := await lines.readline():
            fields = line.decode().split(",")
            if not line.startswith(b"#") and len(fields) >= 6:
                self.take(int(fields[2]), int(fields[3]))

    async def _note(self, errors: asyncio.StreamReader) -> None:
        while line := await errors.readline():
            self.complaints.append(line.decode(errors="replace").strip())
