"""The SQL of idempotent requests: begun once, answered once, forgotten after a day."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from control.database.database import Database

KEPT_HOURS: Final = 24


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer as it went out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class KeptRequest:
    """A request that was begun before."""

    fingerprint: bytes
    answer: KeptAnswer | None
    """None: it has none yet, or will never have one."""


class IdempotentRequests:
    """The table `idempotent_requests`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, account_id: UUID, key: str, fingerprint: bytes) -> bool:
        """Whether this request is the first of its key within a day. Of any number at the same time, one is."""
        begun = await self._database.fetch_value(
            """
            INSERT INTO idempotent_requests AS kept (account_id, key, fingerprint) VALUES ($1, $2, $3)
            ON CONFLICT (account_id, key) DO UPDATE
                SET fingerprint = excluded.fingerprint, begun_at = now(), status = NULL, headers = NULL, body = NULL
                WHERE kept.begun_at < now() - make_interval(hours => $4)
            RETURNING true
            """,
            account_id,
            key,
            fingerprint,
            KEPT_HOURS,
        )
        return begun is not None

    async def find(self, account_id: UUID, key: str) -> KeptRequest | None:
        """The request that was begun with the key."""
        row = await self._database.fetch_row(
            "SELECT fingerprint, status, headers, body FROM idempotent_requests WHERE account_id = $1 AND key = $2", account_id, key
        )
        if row is None:
            return None
        answer = None if row["status"] is None else KeptAnswer(row["status"], json.loads(row["headers"]), row["body"])
        return KeptRequest(row["fingerprint"], answer)

    async def finish(self, account_id: UUID, key: str, answer: KeptAnswer) -> None:
        """Keeps the answer."""
        await self._database.execute(
            "UPDATE idempotent_requests SET status = $3, headers = $4, body = $5 WHERE account_id = $1 AND key = $2",
            account_id,
            key,
            answer.status,
            json.dumps(dict(answer.headers)),
            answer.body,
        )

    async def release(self, account_id: UUID, key: str) -> None:
        """The request has had no effect: its key is free again."""
        await self._database.execute(
            "DELETE FROM idempotent_requests WHERE account_id = $1 AND key = $2 AND status IS NULL", account_id, key
        )

    async def forget(self, most: int = 10_000) -> int:
        """Deletes what is older than a day, at most so many; how many it were."""
        deleted = await self._database.execute(
            """
            DELETE FROM idempotent_requests WHERE (account_id, key) IN (
                SELECT account_id, key FROM idempotent_requests
                WHERE begun_at < now() - make_interval(hours => $1) ORDER BY begun_at LIMIT $2
            )
            """,
            KEPT_HOURS,
            most,
        )
        return int(deleted.rpartition(" ")[2])
