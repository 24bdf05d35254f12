"""The SQL of accounts and of mailed codes. Times are arguments. What must happen once is decided by one statement: whoever gets its row
back has won, all others get nothing."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Protocol
from uuid import UUID

from asyncpg import Record

from control.accounts.account import Account, State
from control.database.database import Database
from control.permissions import Role
from control.tiers import Tier

ACCOUNT: Final = """
    SELECT a.*, f.confirmed_at IS NOT NULL AS has_second_factor,
           (SELECT count(*) FROM recovery_codes r WHERE r.account_id = a.id AND r.used_at IS NULL) AS recovery_codes
    FROM accounts a LEFT JOIN second_factors f ON f.account_id = a.id"""


class Connection(Protocol):
    """The part of a transaction's connection that is used here."""

    async def fetch(self, query: str, *args: Any) -> list[Record]: ...
    async def fetchrow(self, query: str, *args: Any) -> Record | None: ...
    async def fetchval(self, query: str, *args: Any) -> Any: ...
    async def execute(self, query: str, *args: Any) -> str: ...


class Purpose(StrEnum):
    """What a code opens."""

    VERIFY = "verify"
    """Makes a registration an account."""
    EMAIL = "email"
    """Changes the address."""
    RESET = "reset"
    """Lets a new password be chosen."""
    SETUP = "setup"
    """Makes the first superadmin."""


@dataclass(frozen=True, slots=True)
class Code:
    """A code as it was written down, without itself."""

    purpose: Purpose
    account_id: UUID | None
    email: str | None
    name: str
    password_hash: str | None


async def by_email(database: Database, email: str) -> Account | None:
    return _account(await database.fetch_row(f"{ACCOUNT} WHERE a.email = $1", email))


async def by_id(database: Database, account_id: UUID) -> Account | None:
    return _account(await database.fetch_row(f"{ACCOUNT} WHERE a.id = $1", account_id))


async def newest(database: Database, limit: int) -> list[Account]:
    """The accounts made last."""
    found = await database.read(f"{ACCOUNT} ORDER BY a.created_at DESC, a.id DESC LIMIT $1", limit)
    return [account for row in found if (account := _account(row))]


async def add(
    connection: Connection, email: str, name: str, role: Role, state: State, password_hash: str | None, now: datetime
) -> UUID | None:
    """A new account's id; None if the address has one."""
    account_id: UUID | None = await connection.fetchval(
        """INSERT INTO accounts (email, name, role, state, password_hash, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
           ON CONFLICT (email) DO NOTHING RETURNING id""",
        email,
        name,
        role,
        state,
        password_hash,
        now,
    )
    return account_id


async def unverified(connection: Connection, email: str) -> UUID | None:
    """The account that somebody registered with this address and did not prove."""
    account_id: UUID | None = await connection.fetchval("SELECT id FROM accounts WHERE email = $1 AND state = 'unverified'", email)
    return account_id


async def remove_unverified(connection: Connection, email: str) -> None:
    """That account goes."""
    await connection.execute("DELETE FROM accounts WHERE email = $1 AND state = 'unverified'", email)


async def activate(connection: Connection, account_id: UUID, name: str, password_hash: str | None, now: datetime) -> bool:
    """The address is proven, by the code that carried this name and password; False unless that was still to be done."""
    activated = await connection.fetchval(
        """UPDATE accounts SET state = 'active', name = $2, password_hash = $3, updated_at = $4, version = version + 1
           WHERE id = $1 AND state = 'unverified' RETURNING id""",
        account_id,
        name,
        password_hash,
        now,
    )
    return activated is not None


async def set_password(connection: Connection, account_id: UUID, password_hash: str, now: datetime) -> bool:
    """False for a suspended account. Who could choose a password by mail has proven the address."""
    done = await connection.fetchval(
        """UPDATE accounts SET password_hash = $2, state = 'active', updated_at = $3, version = version + 1
           WHERE id = $1 AND state <> 'suspended' RETURNING id""",
        account_id,
        password_hash,
        now,
    )
    return done is not None


async def set_email(connection: Connection, account_id: UUID, email: str, now: datetime) -> bool:
    """False if another account has the address by now, or this one may not be used."""
    done = await connection.fetchval(
        """UPDATE accounts SET email = $2, updated_at = $3, version = version + 1
           WHERE id = $1 AND state = 'active' AND NOT EXISTS (SELECT FROM accounts WHERE email = $2 AND id <> $1) RETURNING id""",
        account_id,
        email,
        now,
    )
    return done is not None


async def set_name(connection: Connection, account_id: UUID, name: str, now: datetime) -> None:
    await connection.execute("UPDATE accounts SET name = $2, updated_at = $3, version = version + 1 WHERE id = $1", account_id, name, now)


async def set_role(connection: Connection, account_id: UUID, role: Role, now: datetime) -> None:
    await connection.execute("UPDATE accounts SET role = $2, updated_at = $3, version = version + 1 WHERE id = $1", account_id, role, now)


async def set_state(connection: Connection, account_id: UUID, state: State, now: datetime) -> None:
    await connection.execute("UPDATE accounts SET state = $2, updated_at = $3, version = version + 1 WHERE id = $1", account_id, state, now)


async def changed(connection: Connection, account_id: UUID, now: datetime) -> None:
    """Something of the account that stands elsewhere has changed."""
    await connection.execute("UPDATE accounts SET updated_at = $2, version = version + 1 WHERE id = $1", account_id, now)


async def remove(connection: Connection, account_id: UUID) -> None:
    """The account and everything that is its own."""
    await connection.execute("DELETE FROM accounts WHERE id = $1", account_id)


async def hold_superadmins(connection: Connection) -> int:
    """How many can be used. Until the transaction's end nobody else who asks gets an answer, so that the last one cannot go twice."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtext('superadmins'))")
    count: int = await connection.fetchval("SELECT count(*) FROM accounts WHERE role = 'superadmin' AND state = 'active'")
    return count


async def add_code(connection: Connection, digest: bytes, code: Code, now: datetime, expires_at: datetime) -> None:
    await connection.execute(
        """INSERT INTO account_codes (digest, purpose, account_id, email, name, password_hash, created_at, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)""",
        digest,
        code.purpose,
        code.account_id,
        code.email,
        code.name,
        code.password_hash,
        now,
        expires_at,
    )


async def code(database: Database, digest: bytes, purpose: Purpose, now: datetime) -> Code | None:
    """A code that opens something, left unused."""
    row = await database.fetch_row(
        """SELECT * FROM account_codes
           WHERE digest = $1 AND purpose = $2 AND expires_at > $3 AND (account_id IS NOT NULL OR purpose = 'setup')""",
        digest,
        purpose,
        now,
    )
    return _code(row)


async def take_code(connection: Connection, digest: bytes, purposes: tuple[Purpose, ...], now: datetime) -> Code | None:
    """A code that opens something; nobody gets it a second time."""
    row = await connection.fetchrow(
        """DELETE FROM account_codes
           WHERE digest = $1 AND purpose = ANY ($2::text[]) AND expires_at > $3 AND (account_id IS NOT NULL OR purpose = 'setup')
           RETURNING *""",
        digest,
        list(purposes),
        now,
    )
    return _code(row)


async def drop_codes(connection: Connection, account_id: UUID | None, *purposes: Purpose) -> None:
    """Those of an account (None: of the house) that were not used."""
    await connection.execute(
        "DELETE FROM account_codes WHERE account_id IS NOT DISTINCT FROM $1 AND purpose = ANY ($2::text[])", account_id, list(purposes)
    )


async def forget(database: Database, now: datetime, unverified_since: datetime) -> None:
    """Deletes codes that are too old, and registrations that nobody proved."""
    await database.execute("DELETE FROM account_codes WHERE expires_at <= $1", now)
    await database.execute("DELETE FROM accounts WHERE state = 'unverified' AND created_at < $1", unverified_since)


def _account(row: Record | None) -> Account | None:
    if row is None:
        return None
    return Account(
        id=row["id"],
        email=row["email"],
        name=row["name"],
        role=Role(row["role"]),
        tier=Tier(row["tier"]),
        state=State(row["state"]),
        password_hash=row["password_hash"],
        created_at=row["created_at"],
        version=row["version"],
        has_second_factor=row["has_second_factor"],
        recovery_codes=row["recovery_codes"],
    )


def _code(row: Record | None) -> Code | None:
    if row is None:
        return None
    return Code(Purpose(row["purpose"]), row["account_id"], row["email"], row["name"], row["password_hash"])
