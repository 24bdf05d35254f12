"""`sonicforge db status|up`: where the schema stands, and bringing it to where this program needs it.

Our own server is started for as long as the command takes, unless a station that runs here keeps it already.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final

from asyncpg import InterfaceError, PostgresError

from control.database.embedded.errors import EmbeddedTrouble, InUse
from control.database.migration import MigrationRefused, MigrationState, migrate, states
from sonicforge.config import InvalidConfiguration, Settings, load
from sonicforge.folders import Folders
from sonicforge.logs import open_logs
from sonicforge.premises import make_folders
from sonicforge.wiring.postgres import database_url, own_postmaster

BEHIND: Final = 1


def run(order: str, config: Path | None, as_json: bool) -> int:
    """0 if the schema is where the program needs it; 1 if it is not. Raises InvalidConfiguration where the database cannot be reached."""
    settings = load(config)
    open_logs(settings.log, "db")
    folders = make_folders(settings)
    try:
        found = asyncio.run(_run(order, settings, folders))
    except (EmbeddedTrouble, MigrationRefused, OSError, PostgresError, InterfaceError) as error:
        raise InvalidConfiguration(
            f"database: {'; '.join([str(error) or type(error).__name__, *getattr(error, '__notes__', [])])}"
        ) from None
    _show(found, as_json)
    return 0 if all(migration.state in ("applied", "unknown") for migration in found) else BEHIND


async def _run(order: str, settings: Settings, folders: Folders) -> list[MigrationState]:
    url = database_url(settings, folders)
    async with reachable(settings, folders):
        if order == "up":
            await migrate(url)
        return await states(url)


@asynccontextmanager
async def reachable(settings: Settings, folders: Folders) -> AsyncIterator[None]:
    """For the block, the database runs."""
    postmaster = own_postmaster(settings, folders)
    if postmaster is None:
        yield
        return
    with suppress(InUse):  # a station keeps it
        await postmaster.start()
    try:
        yield
    finally:
        await postmaster.stop()


def _show(found: list[MigrationState], as_json: bool) -> None:
    if as_json:
        print(json.dumps([{"name": migration.name, "state": migration.state} for migration in found]))
        return
    for migration in found:
        print(f"{migration.state:<8}  {migration.name}")
