"""The SQL of looking after the house: searching accounts, changing a subscription, keeping changed limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from asyncpg import Record

from control.accounts.account import State
from control.database.database import Database
from control.permissions import Role
from control.tiers import Tier

WORDS: Final = "lower(email::text || ' ' || name)"
"""As the index has it."""


class Connection(Protocol):
    """The part of a transaction's connection that is used here."""

    async def fetchval(self, query: str, *args: Any) -> Any: ...
    async def execute(self, query: str, *args: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page ended: pages go from new to old."""

    created_at: datetime
    id: UUID


@dataclass(frozen=True, slots=True)
class Wanted:
    """Who is searched for; None asks for anybody."""

    text: str | None = None
    """Stands somewhere in address or name; case does not matter."""
    role: Role | None = None
    tier: Tier | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An account in a list."""

    id: UUID
    email: str
    name: str
    role: Role
    tier: Tier
    state: State
    created_at: datetime
    has_password: bool
    version: int


@dataclass(frozen=True, slots=True)
class ChangedLimit:
    """A limit as somebody set it."""

    times: int
    seconds: int
    changed_at: datetime


async def page(database: Database, wanted: Wanted, limit: int, after: Place | None) -> list[Listed]:
    """The newest accounts that match, older than `after`."""
    conditions: list[str] = []
    values: list[object] = []
    for value, condition in (
        (_somewhere(wanted.text), f"{WORDS} LIKE ${{}}"),
        (wanted.role, "role = ${}"),
        (wanted.tier, "tier = ${}"),
        (wanted.state, "state = ${}"),
    ):
        if value is not None:
            values.append(value)
            conditions.append(condition.format(len(values)))
    if after is not None:
        values += [after.created_at, after.id]
        conditions.append(f"(created_at, id) < (${len(values) - 1}, ${len(values)})")
    where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    values.append(limit)
    rows = await database.read(
        f"""SELECT id, email, name, role, tier, state, created_at, password_hash IS NOT NULL AS has_password, version
            FROM accounts {where} ORDER BY created_at DESC, id DESC LIMIT ${len(values)}""",
        *values,
    )
    return [_listed(row) for row in rows]


async def set_tier(connection: Connection, account_id: UUID, tier: Tier, now: datetime) -> None:
    await connection.execute("UPDATE accounts SET tier = $2, updated_at = $3, version = version + 1 WHERE id = $1", account_id, tier, now)


async def limits(database: Database) -> dict[str, ChangedLimit]:
    """All limits that somebody changed, by name."""
    rows = await database.fetch("SELECT name, times, seconds, changed_at FROM house_limits")
    return {row["name"]: ChangedLimit(row["times"], row["seconds"], row["changed_at"]) for row in rows}


async def put_limits(connection: Connection, changed: Mapping[str, tuple[int, int]], now: datetime) -> None:
    """These and no others are changed."""
    await connection.execute("DELETE FROM house_limits WHERE name <> ALL ($1::text[])", list(changed))
    for name, (times, seconds) in changed.items():
        await connection.execute(
            """INSERT INTO house_limits (name, times, seconds, changed_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (name) DO UPDATE SET times = $2, seconds = $3, changed_at = $4
               WHERE (house_limits.times, house_limits.seconds) <> ($2, $3)""",
            name,
            times,
            seconds,
            now,
        )


def _somewhere(text: str | None) -> str | None:
    if not text:
        return None
    escaped = text.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


def _listed(row: Record) -> Listed:
    return Listed(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        tier=Tier(row["tier"]),
        state=State(row["state"]),
        created_at=row["created_at"],
        has_password=row["has_password"],
        version=row["version"],
    )
