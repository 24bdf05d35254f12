"""How the schema grows: numbered files of SQL, each applied once, in order, and never changed afterwards.

A file is one transaction together with the note that it was applied. `-- no-transaction` as its first line is for what PostgreSQL refuses
inside one (`create index concurrently`): such a file must bear to be run again, and each of its statements ends its line with `;`.
Several processes may start at once: one applies, the others wait.
"""

import asyncio
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Final

import asyncpg
import structlog
from asyncpg import Record

if TYPE_CHECKING:
    from asyncpg.connection import Connection

FOLDER: Final = Path(__file__).resolve().parent / "migrations"
LOCK: Final = 7_214_901_553
"""Advisory; any number that nobody else uses."""
LOCK_EVERY_SECONDS: Final = 0.05
LOCK_SECONDS: Final = 300.0
CONNECT_SECONDS: Final = 5.0
NO_TRANSACTION: Final = "-- no-transaction"
_NAME: Final = re.compile(r"(\d{4})_[a-z0-9_]+")
_TABLE: Final = """
create table if not exists schema_migrations (
    name text primary key,
    checksum text not null,
    milliseconds integer not null,
    applied_at timestamptz not null default now()
)
"""

logger = structlog.get_logger()


class MigrationRefused(Exception):
    """The schema cannot be brought to where the program needs it; the text says which file stands in the way."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One file."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.sql.encode()).hexdigest()

    @property
    def statements(self) -> list[str]:
        """What is run by itself: all of it, or one statement after the other outside a transaction."""
        if not self.sql.startswith(NO_TRANSACTION):
            return [self.sql]
        return [statement for statement in re.split(r";[ \t]*(?:\n|$)", self.sql) if _is_sql(statement)]


@dataclass(frozen=True, slots=True)
class MigrationState:
    """Where one migration stands."""

    name: str
    state: str
    """applied, pending, edited (its file differs from what was applied) or unknown (applied by another version of the program)."""


def read_migrations(folder: Path = FOLDER) -> list[Migration]:
    """All files in order. Raises MigrationRefused for a name that is no number and words, or a number given twice."""
    migrations = [Migration(path.stem, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.sql"))]
    numbers: set[str] = set()
    for migration in migrations:
        match = _NAME.fullmatch(migration.name)
        if match is None:
            raise MigrationRefused(f"{migration.name}.sql: a migration is called NNNN_words.sql")
        if match[1] in numbers:
            raise MigrationRefused(f"{migration.name}.sql: the number {match[1]} is given twice")
        numbers.add(match[1])
    return migrations


async def migrate(url: str, migrations: Sequence[Migration] | None = None) -> list[str]:
    """Applies what is missing; the names of what was applied.

    Raises MigrationRefused, OSError or asyncpg's errors; then what was applied before the file that failed stays applied.
    """
    wanted = read_migrations() if migrations is None else migrations
    connection = await _connect(url)
    try:
        await _take_lock(connection)
        await connection.execute(_TABLE)
        checksums = await _applied(connection)
        edited = [migration.name for migration in wanted if checksums.get(migration.name, migration.checksum) != migration.checksum]
        if edited:
            raise MigrationRefused(f"{edited[0]}.sql was edited after it was applied; put it back and add a new migration instead")
        missing = [migration for migration in wanted if migration.name not in checksums]
        for migration in missing:
            try:
                await _apply(connection, migration)
            except asyncpg.PostgresError as error:
                error.add_note(f"in {migration.name}.sql, which was rolled back")
                raise
        return [migration.name for migration in missing]
    finally:
        connection.terminate()  # a farewell to a silent server would take for ever; the lock goes with the session


async def states(url: str, migrations: Sequence[Migration] | None = None) -> list[MigrationState]:
    """Where each stands; changes nothing. Raises OSError or asyncpg's errors."""
    wanted = read_migrations() if migrations is None else migrations
    connection = await _connect(url)
    try:
        there = await connection.fetchval("select to_regclass('schema_migrations') is not null")
        checksums = await _applied(connection) if there else {}
    finally:
        connection.terminate()
    known = {migration.name for migration in wanted}
    found = [MigrationState(migration.name, _state(migration, checksums.get(migration.name))) for migration in wanted]
    return sorted([*found, *(MigrationState(name, "unknown") for name in checksums if name not in known)], key=lambda state: state.name)


async def _connect(url: str) -> "Connection[Record]":
    """A schema change may take its time, but does not make the whole station wait for a lock."""
    return await asyncpg.connect(
        url,
        timeout=CONNECT_SECONDS,
        server_settings={"application_name": "sonicforge migration", "statement_timeout": "0", "lock_timeout": "10s"},
    )


async def _take_lock(connection: "Connection[Record]") -> None:
    """Asks again and again: a session that sleeps in pg_advisory_lock holds a snapshot, for which `concurrently` would wait for ever."""
    async with asyncio.timeout(LOCK_SECONDS):
        while not await connection.fetchval("select pg_try_advisory_lock($1)", LOCK):  # noqa: ASYNC110 -- it is held by another process
            await asyncio.sleep(LOCK_EVERY_SECONDS)


async def _applied(connection: "Connection[Record]") -> dict[str, str]:
    return {row["name"]: row["checksum"] for row in await connection.fetch("select name, checksum from schema_migrations")}


async def _apply(connection: "Connection[Record]", migration: Migration) -> None:
    began = perf_counter()
    if migration.sql.startswith(NO_TRANSACTION):
        for statement in migration.statements:
            await connection.execute(statement)
        await _note(connection, migration, began)
    else:
        async with connection.transaction():
            await connection.execute(migration.sql)
            await _note(connection, migration, began)
    logger.info("migrated", migration=migration.name, seconds=round(perf_counter() - began, 3))


async def _note(connection: "Connection[Record]", migration: Migration, began: float) -> None:
    await connection.execute(
        "insert into schema_migrations (name, checksum, milliseconds) values ($1, $2, $3)",
        migration.name,
        migration.checksum,
        round((perf_counter() - began) * 1000),
    )


def _state(migration: Migration, checksum: str | None) -> str:
    if checksum is None:
        return "pending"
    return "applied" if checksum == migration.checksum else "edited"


def _is_sql(text: str) -> bool:
    return any(line.strip() and not line.lstrip().startswith("--") for line in text.splitlines())
