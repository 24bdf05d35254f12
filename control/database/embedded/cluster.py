"""What is made once: the server's data folder, and in it a role and a database for us.

The role owns its database and nothing else; the administrator's role is for founding, replication and backups.
"""

import shutil
import sys
from typing import Final

import asyncpg

from control.database.embedded.home import ADMINISTRATOR, NAME, Home
from control.database.embedded.programs import Programs

ASK_SECONDS: Final = 5.0


async def make_data(home: Home, programs: Programs) -> None:
    """A new, empty server; whole or not at all. Raises DidNotStart or OSError."""
    beside = home.data.with_name("data.new")
    shutil.rmtree(beside, ignore_errors=True)
    await programs.run(
        "initdb",
        f"--pgdata={beside}",
        f"--username={ADMINISTRATOR}",
        "--encoding=UTF8",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--locale=C",
        "--data-checksums",
        "--auth=reject",
        *(("--sync-method=syncfs",) if sys.platform == "linux" else ()),
    )
    beside.rename(home.data)


async def found_database(home: Home, name: str = NAME) -> None:
    """A database of our role's, with what only the administrator may put into it. Raises asyncpg's errors."""
    connection = await asyncpg.connect(home.url(ADMINISTRATOR, ADMINISTRATOR), timeout=ASK_SECONDS)
    try:
        if not await connection.fetchval("select exists (select from pg_roles where rolname = $1)", NAME):
            await connection.execute(f'create role "{NAME}" login')
        if not await connection.fetchval("select exists (select from pg_database where datname = $1)", name):
            await connection.execute(f'create database "{name}" owner "{NAME}"')
    finally:
        await connection.close(timeout=ASK_SECONDS)
    connection = await asyncpg.connect(home.url(name, ADMINISTRATOR), timeout=ASK_SECONDS)
    try:
        if await connection.fetchval("select exists (select from pg_available_extensions where name = 'vector')"):
            await connection.execute("create extension if not exists vector")
    finally:
        await connection.close(timeout=ASK_SECONDS)
