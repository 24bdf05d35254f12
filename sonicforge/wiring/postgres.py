"""The database, put together and kept: which server there is, how each process reaches it, and our own one as long as the station runs.

The station never waits for it. It goes on air while PostgreSQL starts, and stays there when PostgreSQL cannot.
"""

import asyncio
from contextlib import suppress
from typing import Final

import structlog
from asyncpg import InterfaceError, PostgresError

from control.database.budget import share
from control.database.embedded.binaries import find_binaries
from control.database.embedded.errors import EmbeddedTrouble
from control.database.embedded.home import choose_home
from control.database.embedded.postmaster import Postmaster
from control.database.link import DatabaseLink
from control.database.migration import MigrationRefused, migrate
from sonicforge.config import Settings
from sonicforge.folders import Folders

SETTLED_SECONDS: Final = 10.0
"""A server that has run this long ended because of something new: it is started again at once."""
FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 2.0
"""A disk that was full has room again without telling anybody."""
ASK_EVERY_SECONDS: Final = 2.0
HUNG_SECONDS: Final = 20.0
"""A server that says nothing at all for so long, not even "starting up", is ended and started again."""
NOBODY: Final = "postgresql://nobody@/none?host=/nonexistent"
"""An address at which no server can ever be."""
RESERVED: Final = 15
"""Connections beside the budget: migrations, probes, backups, and what PostgreSQL keeps for its administrator."""

logger = structlog.get_logger()


def database_link(settings: Settings, folders: Folders, name: str) -> DatabaseLink:
    """One process's share of the database; `name` is its role. Where there can be none, one at which nobody answers: it is away for ever,
    and keep_database says why.
    """
    database = settings.database
    processes = settings.server.fronts + 1
    try:
        url = database_url(settings, folders)
    except EmbeddedTrouble:
        url = NOBODY
    return DatabaseLink(
        url=url,
        replica_urls=tuple(url.get_secret_value() for url in database.replica_urls),
        connections=share(database.connections, processes),
        command_timeout_seconds=database.command_timeout_seconds,
        lock_timeout_seconds=database.lock_timeout_seconds,
        slow_query_seconds=database.slow_query_seconds,
        replica_lag_seconds=database.replica_lag_seconds,
        name=f"sonicforge {name}",
    )


def database_url(settings: Settings, folders: Folders) -> str:
    """The operator's, else our own server's. Raises EmbeddedTrouble."""
    return settings.database.url.get_secret_value() or choose_home(folders.postgres, settings.database.run_as).url()


def own_postmaster(settings: Settings, folders: Folders) -> Postmaster | None:
    """Our own server, not started yet; None where the operator has one. Raises EmbeddedTrouble."""
    if settings.database.url.get_secret_value():
        return None
    home = choose_home(folders.postgres, settings.database.run_as)
    return Postmaster(home, find_binaries(), folders.postgres_lock, settings.database.connections + RESERVED)


async def keep_database(settings: Settings, folders: Folders) -> None:
    """Until it is cancelled; a server of our own is stopped then. Raises nothing that should end the station."""
    try:
        postmaster = own_postmaster(settings, folders)
        url = database_url(settings, folders)
    except EmbeddedTrouble as error:
        logger.error("there is no database; accounts, votes and uploads are not to be had", error=str(error))
        return
    if postmaster is None:
        await bring_up_to_date(url)
    else:
        await keep(postmaster, url)


async def keep(postmaster: Postmaster, url: str, ask_every_seconds: float = ASK_EVERY_SECONDS, hung_seconds: float = HUNG_SECONDS) -> None:
    """Starts the server again whenever it ends or says nothing any more, until this is cancelled."""
    loop = asyncio.get_running_loop()
    pause = 0.0
    try:
        while True:
            began = loop.time()
            try:
                await postmaster.start()
            except (EmbeddedTrouble, OSError, PostgresError, InterfaceError) as error:
                logger.error("PostgreSQL does not start", error=str(error))
            else:
                logger.info("PostgreSQL runs", pid=postmaster.pid, user=postmaster.home.user.name, seconds=round(loop.time() - began, 2))
                await _serve(postmaster, url, ask_every_seconds, hung_seconds)
            settled = loop.time() - began >= SETTLED_SECONDS
            pause = 0.0 if settled else min(LONGEST_PAUSE_SECONDS, pause * 2 or FIRST_PAUSE_SECONDS)
            await postmaster.stop()
            await asyncio.sleep(pause)
    finally:
        await postmaster.stop()


async def bring_up_to_date(url: str) -> None:
    """Migrates as soon as the server answers; tries again as long as that may help."""
    pause = 1.0
    while not await _migrate(url):
        await asyncio.sleep(pause)
        pause = min(30.0, pause * 2)


async def _serve(postmaster: Postmaster, url: str, ask_every_seconds: float, hung_seconds: float) -> None:
    """Brings a running server's schema up to date while it is watched; returns when it has ended or is hung."""
    migrating = asyncio.create_task(bring_up_to_date(url), name="migrating")
    try:
        await _watch(postmaster, ask_every_seconds, hung_seconds)
    finally:
        migrating.cancel()
        with suppress(asyncio.CancelledError):
            await migrating


async def _watch(postmaster: Postmaster, ask_every_seconds: float, hung_seconds: float) -> None:
    """Returns when the server has ended or is hung."""
    loop = asyncio.get_running_loop()
    ending = asyncio.create_task(postmaster.ended())
    heard = loop.time()
    try:
        while True:
            done, _ = await asyncio.wait([ending], timeout=ask_every_seconds)
            if done:
                logger.error("PostgreSQL ended", status=ending.result())
                return
            if await postmaster.answers(ask_every_seconds):
                heard = loop.time()
            elif loop.time() - heard >= hung_seconds:
                logger.error("PostgreSQL does not answer; it is started again", silent_seconds=round(loop.time() - heard, 1))
                await postmaster.stop(hung=True)
                return
    finally:
        ending.cancel()
        with suppress(asyncio.CancelledError):
            await ending


async def _migrate(url: str) -> bool:
    """Whether there is nothing left to try: all is applied, or a file stands in the way that only people can mend."""
    try:
        await migrate(url)
    except (MigrationRefused, PostgresError) as error:
        logger.error("the schema is not up to date", error=str(error), notes=getattr(error, "__notes__", []))
        return not _passing(error)
    except (OSError, InterfaceError) as error:
        logger.warning("the database does not answer", error=f"{type(error).__name__}: {error}")
        return False
    return True


def _passing(error: Exception) -> bool:
    """Whether the same files may fare better later: the server was starting, or somebody held a lock."""
    return isinstance(error, PostgresError) and (getattr(error, "sqlstate", None) or "")[:2] in ("08", "53", "55", "57")
