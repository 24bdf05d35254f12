"""The SQL of sessions and their refresh tokens. Of many who exchange one token at the same time, one gets its row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol
from uuid import UUID

from asyncpg import Record

from control.accounts.account import Session
from control.database.database import Database
from control.permissions import GRANTS, Role
from control.principal import Means, Principal
from control.tiers import Tier

MOST_SESSIONS: Final = 50
"""Open ones of one account; another login ends the one that was not used for longest."""

CLAIM: Final = """
    UPDATE refresh_tokens t SET used_at = $2
    FROM sessions s JOIN accounts a ON a.id = s.account_id
    WHERE t.digest = $1 AND t.used_at IS NULL AND t.expires_at > $2
      AND s.id = t.session_id AND s.ended_at IS NULL AND s.expires_at > $2 AND a.state = 'active'
    RETURNING s.id, s.account_id, s.expires_at, s.mfa, s.amr, a.role, a.tier"""

TRACE: Final = """
    SELECT s.id, s.account_id, s.ended_at IS NULL AND s.expires_at > $2 AS open, t.used_at,
           EXISTS (SELECT FROM refresh_tokens c WHERE c.parent = t.digest AND c.used_at IS NULL) AS has_the_tip_for_child
    FROM refresh_tokens t JOIN sessions s ON s.id = t.session_id
    WHERE t.digest = $1"""

CROWD_OUT: Final = """
    UPDATE sessions SET ended_at = $2
    WHERE id IN (
        SELECT id FROM sessions WHERE account_id = $1 AND ended_at IS NULL ORDER BY last_used_at DESC, id DESC OFFSET $3
    )
    RETURNING id"""

END: Final = """
    UPDATE sessions SET ended_at = $2
    WHERE account_id = $1 AND ended_at IS NULL AND ($3::uuid IS NULL OR id = $3) AND ($4::uuid IS NULL OR id <> $4)
    RETURNING id"""


class Connection(Protocol):
    """The part of a transaction's connection that is used here."""

    async def fetch(self, query: str, *args: Any) -> list[Record]: ...
    async def fetchrow(self, query: str, *args: Any) -> Record | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...
    async def execute(self, query: str, *args: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Claimed:
    """A session whose refresh token was just used, by its account as it is now."""

    principal: Principal
    amr: tuple[str, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of a refresh token that could not be used."""

    session_id: UUID
    account_id: UUID
    open: bool
    """The session goes on."""
    used_at: datetime | None
    has_the_tip_for_child: bool
    """The token it was exchanged for is the session's newest."""


async def add(
    connection: Connection, account_id: UUID, device: str, client: str, amr: Sequence[str], mfa: bool, now: datetime, expires_at: datetime
) -> UUID:
    """Opens a session; its id."""
    session_id: UUID = await connection.fetchval(
        """INSERT INTO sessions (account_id, device, client, amr, mfa, created_at, last_used_at, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $6, $7) RETURNING id""",
        account_id,
        device,
        client,
        list(amr),
        mfa,
        now,
        expires_at,
    )
    return session_id


async def add_token(connection: Connection, session_id: UUID, digest: bytes, parent: bytes | None, expires_at: datetime) -> None:
    """The session's newest refresh token."""
    await connection.execute(
        "INSERT INTO refresh_tokens (digest, session_id, parent, expires_at) VALUES ($1, $2, $3, $4)",
        digest,
        session_id,
        parent,
        expires_at,
    )


async def crowd_out(connection: Connection, account_id: UUID, now: datetime) -> list[UUID]:
    """Ends those beyond MOST_SESSIONS; which."""
    return [row["id"] for row in await connection.fetch(CROWD_OUT, account_id, now, MOST_SESSIONS)]


async def claim(connection: Connection, digest: bytes, now: datetime) -> Claimed | None:
    """Uses a refresh token, once; None if it cannot be used (again)."""
    row = await connection.fetchrow(CLAIM, digest, now)
    if row is None:
        return None
    role = Role(row["role"])
    principal = Principal(Means.TOKEN, GRANTS[role], row["account_id"], role, Tier(row["tier"]), row["id"], mfa=row["mfa"])
    return Claimed(principal, tuple(row["amr"]), row["expires_at"])


async def touch(connection: Connection, session_id: UUID, device: str, client: str, now: datetime) -> None:
    """The session was used, from there."""
    await connection.execute(
        "UPDATE sessions SET last_used_at = $2, device = $3, client = $4 WHERE id = $1", session_id, now, device, client
    )


async def trace(connection: Connection, digest: bytes, now: datetime) -> Trace | None:
    """Where a refresh token belongs; None if it is none of ours."""
    row = await connection.fetchrow(TRACE, digest, now)
    return Trace(row["id"], row["account_id"], row["open"], row["used_at"], row["has_the_tip_for_child"]) if row else None


async def end(connection: Connection, account_id: UUID, now: datetime, *, only: UUID | None = None, but: UUID | None = None) -> list[UUID]:
    """Ends an account's open sessions: one, all but one, or all; which."""
    return [row["id"] for row in await connection.fetch(END, account_id, now, only, but)]


async def of_account(database: Database, account_id: UUID, now: datetime) -> list[Session]:
    """Those that can go on, the one used last first."""
    found = await database.fetch(
        """SELECT s.* FROM sessions s
           WHERE s.account_id = $1 AND s.ended_at IS NULL AND s.expires_at > $2
             AND EXISTS (SELECT FROM refresh_tokens t WHERE t.session_id = s.id AND t.used_at IS NULL AND t.expires_at > $2)
           ORDER BY s.last_used_at DESC, s.id DESC""",
        account_id,
        now,
    )
    return [
        Session(
            id=row["id"],
            device=row["device"],
            client=row["client"],
            amr=tuple(row["amr"]),
            mfa=row["mfa"],
            created_at=row["created_at"],
            last_used_at=row["last_used_at"],
            expires_at=row["expires_at"],
        )
        for row in found
    ]


async def forget(database: Database, now: datetime, idle: timedelta) -> None:
    """Deletes what ended long ago. Within `idle` of its end a session's tokens are still known for what they were."""
    await database.execute("DELETE FROM sessions WHERE expires_at < $1 OR ended_at < $1", now - idle)
