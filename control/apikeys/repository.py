"""The SQL of API keys. Times are arguments; what can race is decided by one statement or under a row's lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from asyncpg import Record

from control.apikeys.key import ApiKey, Network, Secret
from control.database.database import Database
from control.permissions import Permission, Role
from control.tiers import Tier

MOST_KEYS: Final = 50
"""Usable ones, of one account."""

KEYS: Final = """
    SELECT k.*, (
        SELECT array_agg((s.prefix, s.created_at, s.retires_at) ORDER BY s.created_at DESC)
        FROM api_key_secrets s WHERE s.key_id = k.id AND (s.retires_at IS NULL OR s.retires_at > $2)
    ) AS secrets
    FROM api_keys k"""

PROOF: Final = """
    SELECT s.digest, s.retires_at, k.id AS key_id, k.scopes, k.networks, k.requests_per_minute, k.expires_at, k.revoked_at,
           a.id AS account_id, a.role, a.tier, a.state
    FROM api_key_secrets s JOIN api_keys k ON k.id = s.key_id JOIN accounts a ON a.id = k.account_id
    WHERE s.prefix = $1"""

USED: Final = """
    UPDATE api_keys k SET last_used_at = u.at, last_used_from = u.client
    FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS u(id, at, client)
    WHERE k.id = u.id AND (k.last_used_at IS NULL OR k.last_used_at < u.at)"""


class Connection(Protocol):
    """The part of a transaction's connection that is used here."""

    async def fetchrow(self, query: str, *args: Any) -> Record | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...
    async def execute(self, query: str, *args: Any) -> str: ...


class Rows(Protocol):
    """The part of the database that finding a key needs."""

    async def fetch_row(self, sql: str, *args: object) -> Record | None: ...


@dataclass(frozen=True, slots=True)
class Proof:
    """All that decides whether a key opens, as the database has it."""

    digest: bytes
    retires_at: datetime | None
    key_id: UUID
    scopes: frozenset[Permission]
    networks: tuple[Network, ...]
    requests_per_minute: int
    expires_at: datetime | None
    revoked_at: datetime | None
    account_id: UUID
    role: Role
    tier: Tier
    state: str


async def of_account(database: Database, account_id: UUID, now: datetime) -> list[ApiKey]:
    """The keys of an account that can be used now, the newest first."""
    rows = await database.fetch(
        f"{KEYS} WHERE k.account_id = $1 AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > $2) ORDER BY k.id DESC",
        account_id,
        now,
    )
    return [_key(row) for row in rows]


async def one(database: Database, account_id: UUID, key_id: UUID, now: datetime) -> ApiKey | None:
    """A key of this account, revoked or not; another's is as good as none."""
    row = await database.fetch_row(f"{KEYS} WHERE k.account_id = $1 AND k.id = $3", account_id, now, key_id)
    return _key(row) if row else None


async def proof(database: Rows, prefix: str) -> Proof | None:
    """What stands behind a prefix."""
    row = await database.fetch_row(PROOF, prefix)
    if row is None:
        return None
    return Proof(
        digest=row["digest"],
        retires_at=row["retires_at"],
        key_id=row["key_id"],
        scopes=_scopes(row["scopes"]),
        networks=tuple(row["networks"]),
        requests_per_minute=row["requests_per_minute"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
        account_id=row["account_id"],
        role=Role(row["role"]),
        tier=Tier(row["tier"]),
        state=row["state"],
    )


async def has_room(connection: Connection, account_id: UUID, now: datetime) -> bool:
    """Whether the account may have one more. Holds the account's row until the transaction ends, so that two cannot both be the last."""
    await connection.execute("SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE", account_id)
    usable = "SELECT count(*) FROM api_keys WHERE account_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)"
    return bool(await connection.fetchval(usable, account_id, now) < MOST_KEYS)


async def add(
    connection: Connection,
    account_id: UUID,
    name: str,
    scopes: Iterable[Permission],
    networks: Sequence[Network],
    requests_per_minute: int,
    expires_at: datetime | None,
    now: datetime,
) -> UUID:
    """A new key without a secret."""
    added: UUID = await connection.fetchval(
        """INSERT INTO api_keys (account_id, name, scopes, networks, requests_per_minute, expires_at, created_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id""",
        account_id,
        name,
        sorted(scopes),
        list(networks),
        requests_per_minute,
        expires_at,
        now,
    )
    return added


async def add_secret(connection: Connection, key_id: UUID, prefix: str, digest: bytes, now: datetime) -> None:
    """Gives a key its current secret; it must have none."""
    await connection.execute(
        "INSERT INTO api_key_secrets (prefix, key_id, digest, created_at) VALUES ($1, $2, $3, $4)", prefix, key_id, digest, now
    )


async def begin_rotation(connection: Connection, account_id: UUID, key_id: UUID, now: datetime, not_since: datetime) -> bool:
    """Claims the key's rotation; False if it has none such that was not rotated after `not_since` or whose former secret still opens."""
    claimed = await connection.fetchval(
        """UPDATE api_keys SET rotated_at = $3
           WHERE id = $2 AND account_id = $1 AND revoked_at IS NULL AND (rotated_at IS NULL OR rotated_at <= $4)
             AND NOT EXISTS (SELECT 1 FROM api_key_secrets s WHERE s.key_id = $2 AND s.retires_at > $3)
           RETURNING id""",
        account_id,
        key_id,
        now,
        not_since,
    )
    return claimed is not None


async def retire_secret(connection: Connection, key_id: UUID, retires_at: datetime, now: datetime) -> None:
    """Lets the current secret open until `retires_at`, and forgets those that do not open any more."""
    await connection.execute("DELETE FROM api_key_secrets WHERE key_id = $1 AND retires_at <= $2", key_id, now)
    await connection.execute("UPDATE api_key_secrets SET retires_at = $2 WHERE key_id = $1 AND retires_at IS NULL", key_id, retires_at)


async def change(
    connection: Connection,
    account_id: UUID,
    key_id: UUID,
    name: str,
    scopes: Iterable[Permission],
    networks: Sequence[Network],
    requests_per_minute: int,
    expires_at: datetime | None,
) -> bool:
    """Writes what an owner may change; False if there is no such key any more."""
    changed = await connection.fetchval(
        """UPDATE api_keys SET name = $3, scopes = $4, networks = $5, requests_per_minute = $6, expires_at = $7
           WHERE id = $2 AND account_id = $1 AND revoked_at IS NULL RETURNING id""",
        account_id,
        key_id,
        name,
        sorted(scopes),
        list(networks),
        requests_per_minute,
        expires_at,
    )
    return changed is not None


async def revoke(connection: Connection, account_id: UUID, key_id: UUID, now: datetime) -> bool:
    """Ends a key for ever; False if there is no such key any more."""
    revoked = await connection.fetchval(
        "UPDATE api_keys SET revoked_at = $3 WHERE id = $2 AND account_id = $1 AND revoked_at IS NULL RETURNING id", account_id, key_id, now
    )
    return revoked is not None


async def used(database: Database, uses: Sequence[tuple[UUID, datetime, str]]) -> None:
    """Writes down many last uses with one statement; an older one never replaces a newer."""
    if uses:
        ids, times, clients = zip(*uses, strict=True)
        await database.execute(USED, list(ids), list(times), list(clients))


def _scopes(texts: Iterable[str]) -> frozenset[Permission]:
    """A permission that the house no longer knows grants nothing."""
    known = set(Permission)
    return frozenset(Permission(text) for text in texts if text in known)


def _key(row: Record) -> ApiKey:
    return ApiKey(
        id=row["id"],
        account_id=row["account_id"],
        name=row["name"],
        scopes=_scopes(row["scopes"]),
        networks=tuple(row["networks"]),
        requests_per_minute=row["requests_per_minute"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        rotated_at=row["rotated_at"],
        revoked_at=row["revoked_at"],
        last_used_at=row["last_used_at"],
        last_used_from=row["last_used_from"],
        secrets=tuple(Secret(*each) for each in row["secrets"] or ()),
    )
