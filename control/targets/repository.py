"""The SQL of stream targets."""

from typing import Any, Final, Protocol
from uuid import UUID

from asyncpg import Record

from control.targets.target_record import TargetRecord
from server.rtmp.target import Platform

_COLUMNS: Final = "id, station, name, platform, address, sealed_key, enabled, created_at"
OF_STATION: Final = f"SELECT {_COLUMNS} FROM stream_targets WHERE station = $1 ORDER BY created_at, id"
ONE: Final = f"SELECT {_COLUMNS} FROM stream_targets WHERE station = $1 AND id = $2"


class Reader(Protocol):
    """What is asked of the database (control/database/database.py)."""

    async def fetch(self, sql: str, *args: object) -> list[Record]: ...


class Connection(Protocol):
    """What is asked of a connection inside a transaction."""

    async def execute(self, query: str, *args: Any) -> str: ...
    async def fetchrow(self, query: str, *args: Any) -> Record | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...


async def of_station(database: Reader, station: str) -> list[TargetRecord]:
    """All targets of a station, the oldest first; never from a replica, so that what was changed is seen at once."""
    return [_record(row) for row in await database.fetch(OF_STATION, station)]


async def count_held(connection: Connection, station: str) -> int:
    """How many the station has. Others who add one wait for the transaction's end."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 10))", station)
    count: int = await connection.fetchval("SELECT count(*) FROM stream_targets WHERE station = $1", station)
    return count


async def one_to_change(connection: Connection, station: str, target_id: UUID) -> TargetRecord | None:
    """The target, held until the transaction ends."""
    row = await connection.fetchrow(f"{ONE} FOR UPDATE", station, target_id)
    return _record(row) if row else None


async def add(connection: Connection, record: TargetRecord) -> None:
    """A new one."""
    await connection.execute(
        f"INSERT INTO stream_targets ({_COLUMNS}, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)",
        record.id,
        record.station,
        record.name,
        record.platform,
        record.address,
        record.sealed_key,
        record.enabled,
        record.created_at,
    )


async def change(connection: Connection, record: TargetRecord) -> None:
    """Writes what can change of one that the transaction holds."""
    await connection.execute(
        "UPDATE stream_targets SET name = $2, address = $3, sealed_key = $4, enabled = $5, changed_at = now() WHERE id = $1",
        record.id,
        record.name,
        record.address,
        record.sealed_key,
        record.enabled,
    )


async def remove(connection: Connection, target_id: UUID) -> None:
    """One that the transaction holds goes."""
    await connection.execute("DELETE FROM stream_targets WHERE id = $1", target_id)


def _record(row: Record) -> TargetRecord:
    return TargetRecord(**{**dict(row), "platform": Platform(row["platform"])})
