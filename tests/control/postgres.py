"""A real PostgreSQL for tests: one server for the whole run, started at first use, and an empty migrated database for each test.

The databases are copies of a template, which is made anew whenever a migration has changed.
"""

import asyncio
import atexit
import hashlib
import os
import shutil
import tempfile
import threading
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg

from control.database.database import Database, open_database
from control.database.embedded.binaries import find_binaries
from control.database.embedded.cluster import found_database
from control.database.embedded.home import ADMINISTRATOR, NAME, Home, choose_home
from control.database.embedded.postmaster import Postmaster
from control.database.link import DatabaseLink
from control.database.migration import migrate, read_migrations

T = TypeVar("T")
HASTY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "shared_buffers": "32MB", "max_wal_size": "256MB"}
"""Nobody needs a test's rows after a power cut."""
MEMORY_DISK = Path("/dev/shm")
LEAST_BYTES = 2_000_000_000


@asynccontextmanager
async def fresh_database(link: DatabaseLink | None = None) -> AsyncIterator[Database]:
    """An open, migrated, empty database. `link` gives its limits; its url is filled in here."""
    async with fresh_url() as url:
        database = await open_database(replace(link or DatabaseLink(url, connections=5), url=url))
        try:
            yield database
        finally:
            await database.close()


@asynccontextmanager
async def fresh_url(migrated: bool = True) -> AsyncIterator[str]:
    """The address of such a database, or of one without any table."""
    server = await asyncio.to_thread(_server)
    name = f"test_{uuid4().hex}"
    await server.make(name, migrated)
    try:
        yield server.home.url(name)
    finally:
        await server.drop(name)


def _place() -> Path | None:
    """A disk in memory, where there is room on one: to make and drop a database takes a third of the time there."""
    return MEMORY_DISK if os.access(MEMORY_DISK, os.W_OK) and shutil.disk_usage(MEMORY_DISK).free > LEAST_BYTES else None


def _server() -> "_Server":
    """The one of this process."""
    with _lock:
        if not _started:
            _started.append(_Server())
        return _started[0]


_lock = threading.Lock()
_started: list["_Server"] = []


class _Server:
    """Runs in a thread with a loop of its own, so that every test may have its own loop."""

    def __init__(self) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="sonicforge-tests-", dir=_place()))
        self._folder.chmod(0o711)
        self.home: Home = choose_home(self._folder / "postgres", "nobody")
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="test postgres", daemon=True)
        self._thread.start()
        self._postmaster = Postmaster(self.home, find_binaries(), self._folder / "lock", 100, HASTY)
        self._templates = threading.Lock()
        atexit.register(self._end)
        self._do(self._postmaster.start())

    async def make(self, name: str, migrated: bool) -> None:
        """A new database."""
        if not migrated:
            await found_database(self.home, name)
            return
        template = await asyncio.to_thread(self._template)
        await self._administer(f'create database "{name}" template "{template}" owner "{NAME}"')

    async def drop(self, name: str) -> None:
        await self._administer(f'drop database if exists "{name}" with (force)')

    def _template(self) -> str:
        """The name of the migrated template; made at first use."""
        migrations = read_migrations()
        name = "template_" + hashlib.sha256("".join(migration.checksum for migration in migrations).encode()).hexdigest()[:16]
        with self._templates:
            self._do(self._make_template(name))
        return name

    async def _make_template(self, name: str) -> None:
        connection = await asyncpg.connect(self.home.url(ADMINISTRATOR, ADMINISTRATOR))
        try:
            if await connection.fetchval("select exists (select from pg_database where datname = $1)", name):
                return
            half = f"half_{name}"
            await connection.execute(f'drop database if exists "{half}" with (force)')
            await found_database(self.home, half)
            await migrate(self.home.url(half))
            await connection.execute(f'alter database "{half}" rename to "{name}"')
        finally:
            await connection.close()

    async def _administer(self, sql: str) -> None:
        connection = await asyncpg.connect(self.home.url(ADMINISTRATOR, ADMINISTRATOR))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def _end(self) -> None:
        try:
            self._do(self._postmaster.stop())
        finally:
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)
            shutil.rmtree(self._folder, ignore_errors=True)
