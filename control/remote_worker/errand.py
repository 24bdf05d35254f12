"""An errand as the worker keeps it: what was asked, how it stands, and its sounds.

The sounds are files without a name: whatever becomes of the process, nothing of them stays on the disk.
"""

import asyncio
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from generation.brief import Brief
from generation.remote.shapes import ErrandTold, FaultWritten, Format, State, TakeWritten

ENDED = frozenset({State.DONE, State.FAILED, State.CALLED_OFF})


@dataclass(slots=True, eq=False)
class Errand:
    """Changed on the event loop alone; `called_off` is for the thread that makes it."""

    id: str
    briefs: Sequence[Brief]
    form: Format
    asked_at: float
    """When somebody last asked for it, in monotonic seconds."""
    state: State = State.QUEUED
    done: float = 0.0
    doing: str = ""
    error: FaultWritten | None = None
    takes: tuple[TakeWritten, ...] = ()
    sounds: tuple[BinaryIO, ...] = ()
    called_off: threading.Event = field(default_factory=threading.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def ended(self) -> bool:
        """Whether nothing will come of it any more than has."""
        return self.state in ENDED

    @property
    def size_bytes(self) -> int:
        """Of all its sounds."""
        return sum(take.bytes for take in self.takes)

    def told(self, place: int = 0) -> ErrandTold:
        """As the station hears of it."""
        return ErrandTold(self.id, self.state, min(1.0, max(0.0, self.done)), self.doing[:400], place, self.error, self.takes)

    def move(self, state: State, done: float, doing: str = "") -> None:
        """It stands otherwise: whoever waits for that is woken."""
        self.state, self.done, self.doing = state, done, doing
        self._changed.set()
        self._changed = asyncio.Event()

    async def news(self, within_seconds: float) -> None:
        """Returns when it moves, or after that time."""
        try:
            async with asyncio.timeout(within_seconds):
                await self._changed.wait()
        except TimeoutError:
            return

    def piece(self, number: int, start: int, size: int) -> bytes:
        """So many bytes of a sound, fewer at its end."""
        return os.pread(self.sounds[number].fileno(), size, start)

    def forget(self) -> None:
        """Gives up its sounds."""
        for sound in self.sounds:
            sound.close()
        self.sounds = ()
