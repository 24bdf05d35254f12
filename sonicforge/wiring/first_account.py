"""How a new house comes by its first account: a link that works once, made as soon as the database is there."""

import asyncio
from contextlib import suppress
from typing import Final

from asyncpg import PostgresError

from control.errors import DatabaseAway
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.operators_reception import operators_reception

ASK_EVERY_SECONDS: Final = 0.5


async def first_link(settings: Settings, folders: Folders) -> str | None:
    """Waits for the database, however long that takes; None where there is a superadmin. Earlier links open nothing any more."""
    async with operators_reception(settings, folders) as reception:
        while True:
            with suppress(DatabaseAway, PostgresError):  # the schema may not be there yet
                return await reception.setup_link()
            await asyncio.sleep(ASK_EVERY_SECONDS)
