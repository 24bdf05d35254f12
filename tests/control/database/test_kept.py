"""The keeper, and the commands that look after the schema."""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest

from control.database.database import Database, open_database
from control.errors import DatabaseAway
from sonicforge.config import Settings, load
from sonicforge.folders import Folders
from sonicforge.wiring.kept_tasks import kept_tasks
from sonicforge.wiring.postgres import database_link, keep_database
from tests.control.postgres import fresh_url

pytestmark = [pytest.mark.real, pytest.mark.timeout(60)]
HOUSE = Path(__file__).resolve().parents[3]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sonicforge-postgres-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o711)
        yield Path(name)


def db(folder: Path, *words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`sonicforge db` in a folder of its own."""
    surroundings = {**os.environ, "PYTHONPATH": str(HOUSE), **environment}
    command = [sys.executable, "-m", "sonicforge", "db", *words]
    return subprocess.run(command, cwd=folder, env=surroundings, capture_output=True, text=True, check=False)


async def is_migrated(database: Database) -> bool:
    with suppress(DatabaseAway):
        return bool(await database.fetch_value("select to_regclass('schema_migrations') is not null"))
    return False


async def test_kept_for_the_block_and_migrated(folder: Path) -> None:
    settings, folders = Settings(), Folders(folder / "state")
    folders.make()
    async with kept_tasks({"database": partial(keep_database, settings, folders)}):
        database = await open_database(database_link(settings, folders, "front"))
        async with asyncio.timeout(30):
            while not await is_migrated(database):  # noqa: ASYNC110 -- the keeper tells nobody
                await asyncio.sleep(0.02)
        assert await database.fetch_value("select current_setting('application_name')") == "sonicforge front"
        await database.close()
    assert not (folders.postgres / "data" / "postmaster.pid").exists()


def test_status_and_up_of_our_own(folder: Path) -> None:
    assert db(folder, "status").returncode == 1
    done = db(folder, "up", "--json")
    assert done.returncode == 0, done.stderr
    assert {migration["state"] for migration in json.loads(done.stdout)} == {"applied"}
    assert db(folder, "status").returncode == 0


async def test_up_of_a_server_that_the_operator_names(folder: Path) -> None:
    async with fresh_url(migrated=False) as url:
        done = await asyncio.to_thread(db, folder, "up", DATABASE_URL=url)
        assert done.returncode == 0, done.stderr
        assert "0001_extensions" in done.stdout
    assert not (folder / "state" / "postgres").exists()


def test_nobody_there_is_one_line_and_status_2(folder: Path) -> None:
    done = db(folder, "status", DATABASE_URL="postgresql://sonicforge:hunter2@127.0.0.1:1/sonicforge")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "hunter2" not in done.stderr + done.stdout


def test_shares_of_the_budget(folder: Path) -> None:
    (folder / "config.toml").write_text("[server]\nfronts = 3\n[database]\nurl = 'postgresql://host/name'\nconnections = 40\n")
    link = database_link(load(folder / "config.toml"), Folders(folder), "front")
    assert link.connections == 10
    assert link.url == "postgresql://host/name"


async def test_where_there_can_be_no_database_it_is_away_and_nothing_ends(folder: Path) -> None:
    (folder / "config.toml").write_text("[database]\nrun_as = 'who-is-not-here'\n")
    settings, folders = load(folder / "config.toml"), Folders(folder / "state")
    await keep_database(settings, folders) if os.geteuid() == 0 else None
    database = await open_database(database_link(settings, folders, "front"))
    try:
        with pytest.raises(DatabaseAway):
            await database.ping()
    finally:
        await database.close()
