"""An embedded PostgreSQL in a folder of its own, kept as a station keeps it, with an open Database on it."""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from asyncpg import PostgresError

from control.database.database import Database, open_database
from control.database.embedded.binaries import find_binaries
from control.database.embedded.home import choose_home
from control.database.embedded.leftovers import processes
from control.database.embedded.postmaster import Postmaster
from control.database.link import DatabaseLink
from control.database.migration import states
from sonicforge.wiring.postgres import HUNG_SECONDS, keep

READY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class OwnPostgres:
    """A server that is kept, and our way to it."""

    postmaster: Postmaster
    database: Database

    def postmaster_pid(self) -> int:
        """Of the postmaster that runs now."""
        pid = self.postmaster.pid
        assert pid is not None, "the server does not run"
        return pid

    async def restarted(self, pid: int) -> None:
        """Returns when another postmaster than `pid` runs."""
        while self.postmaster.pid in (None, pid):  # noqa: ASYNC110 -- it is the keeper's, who tells nobody
            await asyncio.sleep(0.01)

    def pids(self) -> list[int]:
        """The postmaster's and all of its children's."""
        return processes(self.postmaster.home.data)


def new_postmaster(folder: Path, options: Mapping[str, str] | None = None) -> Postmaster:
    """A server that is not started yet. `folder` must be one that the server's user can reach."""
    return Postmaster(choose_home(folder / "postgres", "nobody"), find_binaries(), folder / "postgres.lock", 30, options)


@asynccontextmanager
async def own_postgres(
    folder: Path | None = None, link: DatabaseLink | None = None, hung_seconds: float = HUNG_SECONDS
) -> AsyncIterator[OwnPostgres]:
    """For the block; the folder vanishes with it, unless it was given."""
    with tempfile.TemporaryDirectory(prefix="sonicforge-postgres-", ignore_cleanup_errors=True) as name:
        place = folder or Path(name)
        place.chmod(0o711)
        postmaster = new_postmaster(place)
        keeping = asyncio.create_task(keep(postmaster, postmaster.home.url(), 0.5, hung_seconds))
        database = await open_database(link or DatabaseLink(postmaster.home.url(), connections=8))
        try:
            async with asyncio.timeout(READY_SECONDS):
                while not await _migrated(postmaster.home.url()):  # noqa: ASYNC110 -- another task migrates
                    await asyncio.sleep(0.02)
                await database.fetch_value("select 1")
            yield OwnPostgres(postmaster, database)
        finally:
            await database.close()
            keeping.cancel()
            with suppress(asyncio.CancelledError):
                await keeping


async def _migrated(url: str) -> bool:
    with suppress(OSError, PostgresError):
        return all(migration.state == "applied" for migration in await states(url))
    return False
