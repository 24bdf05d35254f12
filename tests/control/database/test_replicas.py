"""A real replica that streams: what is read from it, and what is not once it is behind, stopped or alone."""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from benchmarks.own_postgres import new_postmaster
from control.database.database import Database, open_database
from control.database.embedded.binaries import find_binaries
from control.database.embedded.home import ADMINISTRATOR
from control.database.embedded.postmaster import Postmaster
from control.database.link import DatabaseLink
from control.errors import DatabaseAway

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]
ON_REPLICA = "select pg_is_in_recovery() as here"
SOON_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Pair:
    """A primary, its replica, and the database that knows both."""

    primary: Postmaster
    replica: Postmaster
    database: Database

    async def reads_from_replica(self, wanted: bool) -> None:
        """Returns when the next read goes where it is wanted. Raises TimeoutError."""
        async with asyncio.timeout(SOON_SECONDS):
            while (await self.database.read(ON_REPLICA))[0]["here"] is not wanted:  # noqa: ASYNC110 -- it looks about twice a second
                await asyncio.sleep(0.02)

    async def on_replica(self, sql: str) -> None:
        """As the replica's administrator."""
        connection = await asyncpg.connect(self.replica.home.url(ADMINISTRATOR, ADMINISTRATOR))
        try:
            await connection.execute(sql)
        finally:
            await connection.close()


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="sonicforge-postgres-"))
    place.chmod(0o711)
    yield place
    shutil.rmtree(place, ignore_errors=True)


@asynccontextmanager
async def pair(folder: Path, lag_seconds: float = 1.0) -> AsyncIterator[Pair]:
    for name in ("primary", "replica"):
        (folder / name).mkdir(mode=0o711)
    primary, replica = new_postmaster(folder / "primary"), new_postmaster(folder / "replica")
    await primary.start()
    try:
        await asyncio.to_thread(copy, primary, replica)
        await replica.start()
        link = DatabaseLink(primary.home.url(), (replica.home.url(),), connections=4, replica_lag_seconds=lag_seconds)
        database = await open_database(link)
        try:
            yield Pair(primary, replica, database)
        finally:
            await database.close()
    finally:
        await replica.stop()
        await primary.stop()


def copy(primary: Postmaster, replica: Postmaster) -> None:
    replica.home.make()
    socket, data = primary.home.socket_folder, replica.home.data
    subprocess.run(
        [
            find_binaries() / "pg_basebackup",
            "-h",
            socket,
            "-U",
            ADMINISTRATOR,
            "-D",
            data,
            "-R",
            "-X",
            "stream",
            "-c",
            "fast",
            "-C",
            "-S",
            "one",
        ],
        check=True,
        cwd="/",
    )
    if os.geteuid() == 0:
        for path in (data, *data.rglob("*")):
            os.chown(path, replica.home.user.uid, replica.home.user.gid, follow_symlinks=False)


async def test_reads_go_to_the_replica_and_writes_never(folder: Path) -> None:
    async with pair(folder) as servers:
        await servers.database.execute("create table things (name text)")
        await servers.reads_from_replica(True)
        await servers.database.execute("insert into things values ('one')")
        async with asyncio.timeout(SOON_SECONDS):
            while not await servers.database.read("select name from things"):
                pass
        assert await servers.database.fetch_value("select pg_is_in_recovery()") is False
        (report,) = servers.database.report()["replicas"]
        assert report["away"] is False
        assert report["lag_seconds"] < 1.0


async def test_one_that_is_behind_is_passed_over_until_it_has_caught_up(folder: Path) -> None:
    async with pair(folder, lag_seconds=0.2) as servers:
        await servers.database.execute("create table things (name text)")
        await servers.reads_from_replica(True)
        await servers.on_replica("select pg_wal_replay_pause()")
        await servers.database.execute("insert into things values ('one')")
        await servers.reads_from_replica(False)
        assert len(await servers.database.read("select name from things")) == 1
        await servers.on_replica("select pg_wal_replay_resume()")
        await servers.reads_from_replica(True)


async def test_one_that_goes_away_is_not_noticed_by_those_who_read(folder: Path) -> None:
    async with pair(folder) as servers:
        await servers.reads_from_replica(True)
        await servers.replica.stop()
        for _ in range(50):
            assert (await servers.database.read(ON_REPLICA))[0]["here"] is False
        await servers.replica.start()
        await servers.reads_from_replica(True)


async def test_reads_go_on_where_the_primary_is_away(folder: Path) -> None:
    async with pair(folder) as servers:
        await servers.database.execute("create table things (name text)")
        await servers.database.execute("insert into things values ('one')")
        await servers.reads_from_replica(True)
        async with asyncio.timeout(SOON_SECONDS):
            while len(await servers.database.read("select name from things")) != 1:
                pass
        await servers.primary.stop()
        with pytest.raises(DatabaseAway):
            await servers.database.execute("insert into things values ('two')")
        assert len(await servers.database.read("select name from things")) == 1
