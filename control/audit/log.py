"""The audit log as the rest of the office sees it: record, and search.

A privileged change and its entry stand or fall together: hand in the transaction's connection. Without one the entry is written by
itself, and when the database is away it waits in the spool, so that a refused login or a skip on air is not lost with it.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import structlog

from control.audit import repository
from control.audit.entry import Entry, new_entry
from control.audit.repository import Connection, Place, Wanted
from control.audit.spool import Spool
from control.database.database import Database
from control.errors import DatabaseAway
from control.principal import Principal

_log = structlog.get_logger(__name__)
SETTLE_SECONDS: Final = 5.0
EXPORT_ROWS: Final = 1_000


class AuditLog:
    """One for a process. `run` empties the spool; whoever starts it awaits it."""

    def __init__(self, database: Database, spool: Spool, wall: Callable[[], float]) -> None:
        self._database = database
        self._spool = spool
        self._wall = wall

    @property
    def lost(self) -> int:
        """Entries for which neither the database nor the spool had room."""
        return self._spool.lost

    async def record(
        self,
        event: str,
        *,
        actor: Principal | None,
        subject: str | None = None,
        detail: Mapping[str, Any] | None = None,
        client: str = "",
        connection: Connection | None = None,
    ) -> None:
        """Writes `noun.verb` down. With a connection it belongs to that transaction and raises what the transaction raises;
        without one it does not fail."""
        entry = new_entry(event, datetime.fromtimestamp(self._wall(), UTC), actor, subject, detail or {}, client)
        if connection is not None:
            await repository.add(connection, entry)
            return
        try:
            await repository.add(self._database, entry)
        except DatabaseAway:
            await asyncio.to_thread(self._spool.add, entry)

    async def settle(self) -> int:
        """Moves what waits in the spool into the database; how many entries. Raises DatabaseAway, and then all of it still waits."""
        moved = 0
        for path, entries in await asyncio.to_thread(self._spool.take):
            if entries:
                await repository.add_all(self._database, entries)
            await asyncio.to_thread(self._spool.done, path, entries)
            moved += len(entries)
        return moved

    async def run(self) -> None:
        """Settles every few seconds until cancelled."""
        while True:
            try:
                if not self._spool.empty and (moved := await self.settle()):
                    _log.info("audit entries that waited are in the database", entries=moved)
            except DatabaseAway:
                pass
            except OSError as error:
                _log.warning("the audit spool cannot be read", reason=str(error))
            await asyncio.sleep(SETTLE_SECONDS)

    async def search(self, wanted: Wanted, limit: int, after: Place | None = None) -> list[Entry]:
        """The newest entries that match, older than `after`. Raises DatabaseAway."""
        return await repository.page(self._database, wanted, limit, after)

    async def everything(self, wanted: Wanted) -> AsyncIterator[list[Entry]]:
        """All entries that match, from new to old, a batch at a time, so that an export of any size needs little memory."""
        after: Place | None = None
        while batch := await self.search(wanted, EXPORT_ROWS, after):
            yield batch
            after = Place(batch[-1].at, batch[-1].id)
