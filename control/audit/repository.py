"""The audit log's SQL: it adds and reads, and has no statement that changes or removes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

import msgspec
from asyncpg import Record

from control.audit.entry import Entry
from control.database.database import Database

COLUMNS: Final = "id, at, event, actor_id, actor_role, means, key_id, subject, client, detail::text AS detail"
ADD: Final = """
    INSERT INTO audit_log (id, at, event, actor_id, actor_role, means, key_id, subject, client, detail)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb)
    ON CONFLICT (id) DO NOTHING"""


class Connection(Protocol):
    """The part of a connection that an entry needs."""

    async def execute(self, query: str, *args: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: pages go from new to old."""

    at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is searched for; None asks for anything."""

    actor_id: UUID | None = None
    event: str | None = None
    """The whole name or its beginning: `account`, `account.suspend`."""
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None
    """Stands somewhere in event, subject, address or detail; case does not matter."""


async def add(connection: Connection, entry: Entry) -> None:
    """Adds an entry unless it stands there already."""
    detail = msgspec.json.encode(entry.detail).decode()
    values = (entry.id, entry.at, entry.event, entry.actor_id, entry.actor_role, entry.means, entry.key_id, entry.subject, entry.client)
    await connection.execute(ADD, *values, detail)


async def add_all(database: Database, entries: Sequence[Entry]) -> None:
    """Adds what waited, in one transaction."""
    async with database.transaction() as connection:
        for entry in entries:
            await add(connection, entry)


async def page(database: Database, wanted: Wanted, limit: int, after: Place | None) -> list[Entry]:
    """The newest `limit` entries that match, older than `after`."""
    conditions, values = _conditions(wanted)
    if after is not None:
        values += [after.at, after.id]
        conditions.append(f"(at, id) < (${len(values) - 1}, ${len(values)})")
    values.append(limit)
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    found = await database.read(f"SELECT {COLUMNS} FROM audit_log {where} ORDER BY at DESC, id DESC LIMIT ${len(values)}", *values)
    return [_entry(row) for row in found]


def _conditions(wanted: Wanted) -> tuple[list[str], list[object]]:
    """Conditions whose texts are constants of this file; what was asked for travels as values only."""
    conditions: list[str] = []
    values: list[object] = []
    for value, condition in (
        (wanted.actor_id, "actor_id = ${}"),
        (_beginning(wanted.event), "event LIKE ${}"),
        (wanted.subject, "subject = ${}"),
        (wanted.since, "at >= ${}"),
        (wanted.until, "at < ${}"),
        (_somewhere(wanted.text), "words LIKE ${}"),
    ):
        if value is not None:
            values.append(value)
            conditions.append(condition.format(len(values)))
    return conditions, values


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _beginning(text: str | None) -> str | None:
    return f"{_escaped(text)}%" if text else None


def _somewhere(text: str | None) -> str | None:
    return f"%{_escaped(text.lower())}%" if text else None


def _entry(row: Record) -> Entry:
    return Entry(**{**dict(row), "detail": msgspec.json.decode(row["detail"])})
