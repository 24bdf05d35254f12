"""The book of listening: what has ended is written into the database, a batch at a time; what is too old is taken out.

Listeners come and go whether there is a database or not, so what has ended waits in memory, within a bound: some hours of a busy station.
When that is full the oldest is dropped and counted. What waits when the process is killed is lost: figures, not anybody's goods.
"""

import asyncio
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog

from control.errors import DatabaseAway
from control.listening import repository
from control.listening.repository import Writer
from server.nowplaying.listeners import Listening

MOST_WAITING: Final = 100_000
"""About 20 MB."""
BATCH: Final = 1_000
WRITE_SECONDS: Final = 5.0
FORGET_SECONDS: Final = 3_600.0
FORGET_AT_ONCE: Final = 10_000
FAREWELL_SECONDS: Final = 1.0
"""How long the last batch may take when the process ends."""
_log = structlog.get_logger(__name__)


class ListeningBook:
    """One for a front: `take` is the ledger's `ended`; `run` writes, and whoever starts it awaits it."""

    def __init__(self, most_waiting: int = MOST_WAITING) -> None:
        self.lost = 0
        """What found no room since the process began."""
        self._waiting: deque[Listening] = deque()
        self._most_waiting = most_waiting

    def __len__(self) -> int:
        """How many wait."""
        return len(self._waiting)

    def take(self, listening: Listening) -> None:
        """One that has ended."""
        if len(self._waiting) >= self._most_waiting:
            self._waiting.popleft()
            self.lost += 1
        self._waiting.append(listening)

    async def write(self, database: Writer) -> int:
        """Writes all that waits; how many. Raises DatabaseAway, and then what is not written waits on."""
        written = 0
        while self._waiting:
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            try:
                await repository.add(database, batch)
            except BaseException:
                self._waiting.extendleft(reversed(batch))
                raise
            written += len(batch)
        return written

    async def run(self, database: Writer, sweep: Callable[..., None], keep: timedelta, wall: Callable[[], float]) -> None:
        """Writes every few seconds and forgets every hour, until cancelled; then it writes a last time. `sweep`: the ledger's."""
        forget_at = 0.0
        lost = 0
        try:
            while True:
                sweep()
                try:
                    await self.write(database)
                    if wall() >= forget_at:
                        await self.forget(database, datetime.fromtimestamp(wall(), UTC) - keep)
                        forget_at = wall() + FORGET_SECONDS
                except DatabaseAway:
                    if self.lost > lost:
                        _log.warning("who listened is forgotten: the database is away and no more can wait", lost=self.lost)
                        lost = self.lost
                await asyncio.sleep(WRITE_SECONDS)
        finally:
            sweep(everybody=True)
            await self._last(database)

    async def forget(self, database: Writer, before: datetime) -> int:
        """Takes out what began before then; how many. Raises DatabaseAway."""
        forgotten = 0
        while (some := await repository.forget(database, before, FORGET_AT_ONCE)) > 0:
            forgotten += some
        return forgotten

    async def _last(self, database: Writer) -> None:
        try:
            async with asyncio.timeout(FAREWELL_SECONDS):
                await self.write(database)
        except (DatabaseAway, TimeoutError):
            _log.info("the last listeners of this front are not written down", listeners=len(self))
