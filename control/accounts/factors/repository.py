"""The SQL of second factors. A step of an authenticator and a recovery code are used by one statement each, so each opens once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from asyncpg import Record

from control.database.database import Database


class Connection(Protocol):
    """The part of a transaction's connection that is used here."""

    async def fetchrow(self, query: str, *args: Any) -> Record | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...
    async def execute(self, query: str, *args: Any) -> str: ...
    async def executemany(self, command: str, args: Any) -> None: ...


@dataclass(frozen=True, slots=True)
class Factor:
    """An account's authenticator."""

    sealed_secret: bytes
    confirmed: bool
    """A code of it was shown; only then it is asked for."""


async def of_account(database: Database, account_id: UUID) -> Factor | None:
    row = await database.fetch_row("SELECT sealed_secret, confirmed_at FROM second_factors WHERE account_id = $1", account_id)
    return Factor(row["sealed_secret"], row["confirmed_at"] is not None) if row else None


async def begin(connection: Connection, account_id: UUID, sealed_secret: bytes) -> bool:
    """Puts an authenticator that is still to be confirmed, in place of another such; False if there is a confirmed one."""
    begun = await connection.fetchval(
        """INSERT INTO second_factors (account_id, sealed_secret) VALUES ($1, $2)
           ON CONFLICT (account_id) DO UPDATE SET sealed_secret = excluded.sealed_secret, used_step = 0
           WHERE second_factors.confirmed_at IS NULL RETURNING account_id""",
        account_id,
        sealed_secret,
    )
    return begun is not None


async def confirm(connection: Connection, account_id: UUID, sealed_secret: bytes, step: int, now: datetime) -> bool:
    """From now on it is asked for; False if it was confirmed or replaced meanwhile."""
    confirmed = await connection.fetchval(
        """UPDATE second_factors SET confirmed_at = $4, used_step = $3
           WHERE account_id = $1 AND sealed_secret = $2 AND confirmed_at IS NULL RETURNING account_id""",
        account_id,
        sealed_secret,
        step,
        now,
    )
    return confirmed is not None


async def use_step(database: Database, account_id: UUID, step: int) -> bool:
    """False if this step or a later one was used."""
    used = await database.fetch_value(
        """UPDATE second_factors SET used_step = $2
           WHERE account_id = $1 AND used_step < $2 AND confirmed_at IS NOT NULL RETURNING account_id""",
        account_id,
        step,
    )
    return used is not None


async def use_recovery_code(database: Database, account_id: UUID, digest: bytes, now: datetime) -> bool:
    """False if there is no such code, or it was used."""
    used = await database.fetch_value(
        "UPDATE recovery_codes SET used_at = $3 WHERE account_id = $1 AND digest = $2 AND used_at IS NULL RETURNING account_id",
        account_id,
        digest,
        now,
    )
    return used is not None


async def put_recovery_codes(connection: Connection, account_id: UUID, digests: Sequence[bytes]) -> None:
    """In place of all there were."""
    await connection.execute("DELETE FROM recovery_codes WHERE account_id = $1", account_id)
    await connection.executemany(
        "INSERT INTO recovery_codes (account_id, digest) VALUES ($1, $2)", [(account_id, digest) for digest in digests]
    )


async def remove(connection: Connection, account_id: UUID) -> None:
    """With its recovery codes."""
    await connection.execute("DELETE FROM second_factors WHERE account_id = $1", account_id)
