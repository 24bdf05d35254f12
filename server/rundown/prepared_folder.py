"""Prepared tracks on the disk: decoded once, kept while there is room, the least recently used go first.

Asks intake for what is missing and tells apart who is at fault: the file (`UnfitError`) or this machine and this moment
(`UnpreparedError`: no room, file away, intake ended). Several engines may share the folder; what another one has evicted is decoded
again.
"""

import asyncio
import os
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

from dsp.block import Samples
from server.intake.prepared import load, spooled_bytes
from server.intake.refusal import IntakeError, Refused
from server.track import Track

_IN_USE: Final = 4
"""So many of the last asked for are never evicted: on the decks, next, and the one after."""


class UnpreparedError(Exception):
    """The track cannot be made ready now; the message says why."""


class UnfitError(UnpreparedError):
    """The track itself is at fault, and would be again."""


class Preparer(Protocol):
    """What is asked of intake. Raises Refused, IntakeError."""

    async def prepare(self, path: Path, target: Path) -> object:
        """Decodes the file at `path` into `target`: .npy, float32 [2, frames], 48 kHz, there whole or not at all."""


class PreparedFolder:
    """The folder `prepared/`."""

    def __init__(self, folder: Path, preparer: Preparer, limit_bytes: int) -> None:
        """Makes the folder. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        self.evictions_total = 0
        self._folder = folder
        self._preparer = preparer
        self._limit_bytes = limit_bytes
        self._in_use: deque[str] = deque(maxlen=_IN_USE)

    async def stock(self, track: Track) -> None:
        """Has the sound of `track` on the disk. Raises UnpreparedError, UnfitError."""
        target = self._use(track)
        if target.exists():
            return
        try:
            await asyncio.to_thread(self._make_room, spooled_bytes(track.frames))
            await self._preparer.prepare(Path(track.path), target)
        except Refused as refusal:
            # A file that is not there is no bad file: its disk may come back.
            if not await asyncio.to_thread(os.path.exists, track.path):
                raise UnpreparedError("its file is not there") from refusal
            raise UnfitError(refusal.reason) from refusal
        except (IntakeError, OSError) as error:
            raise UnpreparedError(str(error)) from error

    async def fetch(self, track: Track) -> Samples:
        """The whole sound of `track` in memory, float32 [2, frames]. Raises UnpreparedError, UnfitError."""
        await self.stock(track)
        path = self._use(track)
        try:
            with suppress(OSError):
                os.utime(path)
            return await asyncio.to_thread(load, path)
        except (OSError, ValueError, EOFError) as error:
            with suppress(OSError):
                path.unlink()
            raise UnpreparedError(f"its prepared sound cannot be read: {error}") from error

    def _use(self, track: Track) -> Path:
        name = f"{track.id}.npy"
        if name in self._in_use:
            self._in_use.remove(name)
        self._in_use.append(name)
        return self._folder / name

    def _make_room(self, needed_bytes: int) -> None:
        """Evicts until `needed_bytes` fit. Raises UnpreparedError if they never will."""
        if needed_bytes > self._limit_bytes:
            raise UnpreparedError(f"it needs {needed_bytes / 1e6:.0f} MB of the {self._limit_bytes / 1e6:.0f} MB for prepared tracks")
        kept: list[tuple[float, int, Path]] = []
        with os.scandir(self._folder) as files:
            for file in files:
                with suppress(FileNotFoundError):
                    stat = file.stat()
                    kept.append((stat.st_mtime, stat.st_size, Path(file.path)))
        room = self._limit_bytes - needed_bytes - sum(size for _, size, _ in kept)
        for _, size, path in sorted(kept):
            if room >= 0:
                return
            if path.suffix == ".npy" and path.name not in self._in_use:
                path.unlink(missing_ok=True)
                self.evictions_total += 1
                room += size
