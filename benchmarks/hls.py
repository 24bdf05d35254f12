"""A listener of HLS who misses nothing: takes every segment of every rung and notes those that he could not get.

A segment is lost if one with a higher number could be had and this one never. He also checks that the fragments of a rung follow
one another without a hole and without a step back, by the frames that they claim for themselves.
"""

import asyncio
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import pairwise
from urllib.parse import urljoin

from aiohttp import ClientSession, ClientTimeout
from aiohttp.client_exceptions import ClientError

from benchmarks.fmp4 import frames_of


@dataclass(frozen=True, slots=True)
class MediaPlaylist:
    """What a media playlist offers."""

    sequence: int
    segments: list[str]
    """Complete segments; the first one's number is `sequence`."""
    discontinuities: int

    @classmethod
    def parse(cls, text: str) -> "MediaPlaylist":
        """Raises ValueError if it is none."""
        lines = text.splitlines()
        if not lines or lines[0] != "#EXTM3U":
            raise ValueError("this is no playlist")
        sequence = int(next((line.split(":")[1] for line in lines if line.startswith("#EXT-X-MEDIA-SEQUENCE:")), "0"))
        segments = [line for line in lines if line and not line.startswith("#")]
        return cls(sequence, segments, sum(line == "#EXT-X-DISCONTINUITY" for line in lines))


def rungs_of(master: str) -> list[str]:
    """The addresses of the media playlists that a master playlist names."""
    return [line for line in master.splitlines() if line and not line.startswith("#")]


@dataclass(slots=True)
class Rung:
    """What has been got of one rendition."""

    url: str
    got: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    """Number of a segment -> the frames of its fragments."""
    went_back: list[tuple[int, int]] = field(default_factory=list)
    """MEDIA-SEQUENCE before and after, each time that it went back."""
    sequence: int = -1

    @property
    def lost(self) -> list[int]:
        """Numbers between the first and the last that was got which never came."""
        return [number for number in range(min(self.got), max(self.got)) if number not in self.got] if self.got else []

    @property
    def holes(self) -> int:
        """Joins of fragments at which time does not go on where it was. What a lost segment tears is not counted twice."""
        count = 0
        for number, spans in self.got.items():
            following = spans + self.got.get(number + 1, [])[:1]
            count += sum(end != start for (_, end), (start, _) in pairwise(following))
        return count


class HlsListener:
    """Follows all rungs of one master playlist at once."""

    def __init__(self, master: str, poll_seconds: float = 0.4) -> None:
        self.master = master
        self._poll_seconds = poll_seconds
        self.rungs: list[Rung] = []
        self.failures: list[str] = []
        """Requests that came to nothing; they are tried again, so none of these is a loss by itself."""

    @property
    def lost(self) -> int:
        return sum(len(rung.lost) for rung in self.rungs)

    @property
    def holes(self) -> int:
        return sum(rung.holes for rung in self.rungs)

    @property
    def steps_back(self) -> int:
        return sum(len(rung.went_back) for rung in self.rungs)

    def told(self) -> str:
        """All of this in words, for a note."""
        lost = [f"{number} of {rung.url.rsplit('/', 1)[1]}" for rung in self.rungs for number in rung.lost]
        back = [f"{before} to {after}" for rung in self.rungs for before, after in rung.went_back]
        kinds = Counter(failure.split(": ", 1)[1][:60] for failure in self.failures)
        return "; ".join(
            [
                f"{self.taken} taken, {self.holes} holes",
                f"{len(back)} steps back" + (f" ({', '.join(back[:4])})" if back else ""),
                f"{len(self.failures)} requests repeated" + "".join(f" ({count} {kind})" for kind, count in kinds.most_common(2)),
                *([f"lost {', '.join(lost[:8])}"] if lost else []),
            ]
        )

    @property
    def taken(self) -> int:
        return sum(len(rung.got) for rung in self.rungs)

    @asynccontextmanager
    async def listening(self) -> AsyncIterator["HlsListener"]:
        """Follows as long as the block lasts; raises ClientError if there is no master playlist."""
        async with ClientSession(timeout=ClientTimeout(total=3)) as session:
            async with session.get(self.master) as response:
                response.raise_for_status()
                self.rungs = [Rung(urljoin(self.master, rung)) for rung in rungs_of(await response.text())]
            tasks = [asyncio.create_task(self._follow(session, rung)) for rung in self.rungs]
            try:
                yield self
            finally:
                for task in tasks:
                    task.cancel()
                for task in tasks:
                    with suppress(asyncio.CancelledError):
                        await task

    async def _follow(self, session: ClientSession, rung: Rung) -> None:
        while True:
            began = time.monotonic()
            playlist = await self._get(session, rung.url)
            if playlist is not None:
                await self._take(session, rung, playlist)
            await asyncio.sleep(max(0.0, self._poll_seconds - (time.monotonic() - began)))

    async def _take(self, session: ClientSession, rung: Rung, text: bytes) -> None:
        """Gets what is new; a segment that cannot be had now is tried again as long as it is offered."""
        playlist = MediaPlaylist.parse(text.decode())
        if playlist.sequence < rung.sequence:
            rung.went_back.append((rung.sequence, playlist.sequence))
        rung.sequence = playlist.sequence
        for number, address in enumerate(playlist.segments, playlist.sequence):
            if number not in rung.got and (segment := await self._get(session, urljoin(rung.url, address))) is not None:
                rung.got[number] = frames_of(segment)

    async def _get(self, session: ClientSession, address: str) -> bytes | None:
        """The body; None where it came to nothing, which is noted."""
        try:
            async with session.get(address) as response:
                response.raise_for_status()
                return await response.read()
        except (ClientError, TimeoutError) as error:
            self.failures.append(f"{address}: {type(error).__name__} {error}")
            return None
