"""The SQL of links between people elsewhere and accounts here. What can race is decided by the table's keys."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from asyncpg import Record

from control.database.database import Database
from control.oauth.provider import ProviderName, Stranger


class Connection(Protocol):
    """The part of a transaction's connection that is used here."""

    async def fetchrow(self, query: str, *args: Any) -> Record | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...
    async def execute(self, query: str, *args: Any) -> str: ...


@dataclass(frozen=True, slots=True)
class Link:
    """An account's door at one provider."""

    provider: str
    shown_as: str
    linked_at: datetime


async def account_of(database: Database, issuer: str, subject: str) -> UUID | None:
    """Who this is here."""
    account_id: UUID | None = await database.fetch_value(
        "SELECT account_id FROM oauth_links WHERE issuer = $1 AND subject = $2", issuer, subject
    )
    return account_id


async def links_of(database: Database, account_id: UUID) -> list[Link]:
    """All doors of an account, by provider."""
    rows = await database.fetch("SELECT provider, shown_as, linked_at FROM oauth_links WHERE account_id = $1 ORDER BY provider", account_id)
    return [Link(row["provider"], row["shown_as"], row["linked_at"]) for row in rows]


async def add(connection: Connection, stranger: Stranger, provider: ProviderName, account_id: UUID, now: datetime) -> bool:
    """Links them; False if either has such a link already."""
    added = await connection.fetchval(
        """INSERT INTO oauth_links (issuer, subject, account_id, provider, shown_as, linked_at) VALUES ($1, $2, $3, $4, $5, $6)
           ON CONFLICT DO NOTHING RETURNING true""",
        stranger.issuer,
        stranger.subject,
        account_id,
        provider,
        stranger.shown_as,
        now,
    )
    return bool(added)


async def remove(connection: Connection, account_id: UUID, provider: ProviderName) -> bool | None:
    """Unlinks them: True; False if it would leave nothing to log in with; None if there is no such link.

    Holds the account's row until the transaction ends, so that two links cannot both be the one that is not the last.
    """
    has_password = await connection.fetchval("SELECT password_hash IS NOT NULL FROM accounts WHERE id = $1 FOR UPDATE", account_id)
    others = await connection.fetchval("SELECT count(*) FROM oauth_links WHERE account_id = $1 AND provider <> $2", account_id, provider)
    if not has_password and not others:
        there = await connection.fetchval("SELECT true FROM oauth_links WHERE account_id = $1 AND provider = $2", account_id, provider)
        return False if there else None
    removed = await connection.fetchval(
        "DELETE FROM oauth_links WHERE account_id = $1 AND provider = $2 RETURNING true", account_id, provider
    )
    return True if removed else None
