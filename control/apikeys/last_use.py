"""When and from where each key was used last, written down about once a minute: a request by key costs the database nothing."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from control.apikeys import repository
from control.database.database import Database
from control.errors import DatabaseAway

FLUSH_SECONDS: Final = 60.0
MOST_KEYS: Final = 20_000
"""While the database is away uses of further keys are not noted; those of the noted ones stay current."""


class LastUses:
    """One for a process. `run` writes; whoever starts it awaits it."""

    def __init__(self, database: Database, wall: Callable[[], float]) -> None:
        self._database = database
        self._wall = wall
        self._noted: dict[UUID, tuple[float, str]] = {}

    def note(self, key_id: UUID, client: str) -> None:
        """A key was used just now."""
        if key_id in self._noted or len(self._noted) < MOST_KEYS:
            self._noted[key_id] = (self._wall(), client)

    async def flush(self) -> int:
        """Writes down what was noted; of how many keys. With the database away it stays noted; raises DatabaseAway."""
        noted, self._noted = self._noted, {}
        try:
            await repository.used(self._database, [(key, datetime.fromtimestamp(at, UTC), client) for key, (at, client) in noted.items()])
        except BaseException:
            self._noted = {**noted, **self._noted}
            raise
        return len(noted)

    async def run(self) -> None:
        """Flushes until cancelled, and once more then."""
        try:
            while True:
                await asyncio.sleep(FLUSH_SECONDS)
                await self._flush_if_it_can()
        finally:
            await self._flush_if_it_can()

    async def _flush_if_it_can(self) -> None:
        try:
            await self.flush()
        except DatabaseAway:
            return
