"""Writers that remember what the database acknowledged, and afterwards look whether it is still there.

What a server acknowledged it must keep, whatever happens to it. What it did not acknowledge may be there or not.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from control.database.database import Database
from control.errors import DatabaseAway

PAUSE_SECONDS = 0.002
"""Between the calls of one writer: people do not write in a closed loop."""


class Ledger:
    """Numbered rows, written by several at once."""

    def __init__(self, database: Database, filler_bytes: int = 100) -> None:
        self._database = database
        self._filler = "x" * filler_bytes
        self._next = 0
        self._spoken = asyncio.Condition()
        self.acknowledged: list[int] = []
        self.refused = 0
        self.longest_seconds = 0.0
        """The longest that one call took, answered or refused."""

    async def prepare(self) -> None:
        """Makes the table."""
        await self._database.execute("create table if not exists ledger (number bigint primary key, filler text not null)")

    @asynccontextmanager
    async def writing(self, writers: int = 4) -> AsyncIterator[None]:
        """Writes during the block."""
        ended = asyncio.Event()
        tasks = [asyncio.create_task(self._write(ended)) for _ in range(writers)]
        try:
            yield
        finally:
            ended.set()
            await asyncio.gather(*tasks)

    async def acknowledges(self, more: int = 1, seconds: float = 30.0) -> float:
        """Returns when `more` rows have been acknowledged from now on: how many seconds that took. Raises TimeoutError."""
        began, goal = time.monotonic(), len(self.acknowledged) + more
        async with asyncio.timeout(seconds), self._spoken:
            await self._spoken.wait_for(lambda: len(self.acknowledged) >= goal)
        return time.monotonic() - began

    async def refuses(self, more: int = 1, seconds: float = 30.0) -> float:
        """As `acknowledges`, of calls that were refused."""
        began, goal = time.monotonic(), self.refused + more
        async with asyncio.timeout(seconds), self._spoken:
            await self._spoken.wait_for(lambda: self.refused >= goal)
        return time.monotonic() - began

    async def lost(self) -> int:
        """How many of the acknowledged rows are not there."""
        there = {row["number"] for row in await self._database.fetch("select number from ledger")}
        return len(set(self.acknowledged) - there)

    async def _write(self, ended: asyncio.Event) -> None:
        while not ended.is_set():
            self._next += 1
            number, began = self._next, time.monotonic()
            try:
                async with self._database.transaction() as connection:
                    await connection.execute("insert into ledger (number, filler) values ($1, $2)", number, self._filler)
                self.acknowledged.append(number)
            except DatabaseAway:
                self.refused += 1
            self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
            async with self._spoken:
                self._spoken.notify_all()
            await asyncio.sleep(PAUSE_SECONDS)
