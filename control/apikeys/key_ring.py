"""Tells who shows a key. A key that was seen within half a minute is judged from memory, so the hot path asks no database.

While the database is away, what is remembered goes on for a quarter of an hour. A key that is revoked or changed is forgotten at once in
this process, and in every other one that hears the message over the Kv; one that cannot hear it believes the key for as long as its
memory is fresh. Unknown prefixes are remembered too, so that showing the same wrong key again costs nothing.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import structlog

from control.apikeys import repository
from control.apikeys.key import comes_from, effective, is_entitled
from control.apikeys.last_use import LastUses
from control.apikeys.presented import read_key
from control.apikeys.repository import Proof, Rows
from control.errors import DatabaseAway, Forbidden, NotEntitled, TooMany, Unauthenticated, Unavailable
from control.kv.kv import Kv
from control.principal import Means, Principal

_log = structlog.get_logger(__name__)
FRESH_SECONDS: Final = 30.0
STALE_SECONDS: Final = 900.0
"""How old a memory may be while the database is away."""
REMEMBERED: Final = 10_000
"""The least recently used are forgotten first."""
CHANNEL: Final = "api-keys"
LISTEN_AGAIN_SECONDS: Final = 1.0
BURST_SECONDS: Final = 10
"""A key may ask for the requests of this many seconds at once."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of a prefix."""

    proof: Proof | None
    principal: Principal | None
    read_at: float


class KeyRing:
    """The guard's reader of keys, one for a process. `listen` hears of changes elsewhere; whoever starts it awaits it."""

    def __init__(self, database: Rows, kv: Kv, pepper: bytes, uses: LastUses, wall: Callable[[], float]) -> None:
        self._database = database
        self._kv = kv
        self._pepper = pepper
        self._uses = uses
        self._wall = wall
        self._known: OrderedDict[str, Known] = OrderedDict()
        self._changes = 0
        """Counts what was forgotten, so that a read that began before it is not remembered."""

    async def principal(self, presented: str, client: str) -> Principal:
        """Who shows this key from that address. Raises Unauthenticated, Forbidden (address), NotEntitled, TooMany, DatabaseAway."""
        key = read_key(presented)
        if key is None:
            raise Unauthenticated
        known = await self._look_up(key.prefix)
        proof, principal = known.proof, known.principal
        if proof is None or principal is None or not key.proves(proof.digest, self._pepper):
            raise Unauthenticated
        now = self._wall()
        if proof.state != "active" or proof.revoked_at is not None or _is_past(proof.expires_at, now) or _is_past(proof.retires_at, now):
            raise Unauthenticated
        if not comes_from(client, proof.networks):
            raise Forbidden("This key may not be used from this address.")
        if not is_entitled(proof.role, proof.tier):
            raise NotEntitled("The plan no longer includes API keys.")
        rate = proof.requests_per_minute
        wait_seconds = await self._kv.tokens(f"api-key:{proof.key_id}", rate / 60, max(1, rate * BURST_SECONDS // 60))
        if wait_seconds > 0:
            raise TooMany("This key has used up its requests.", retry_after_seconds=wait_seconds)
        self._uses.note(proof.key_id, client)
        return principal

    async def forget_key(self, key_id: UUID) -> None:
        """The key was changed, rotated or revoked: every process reads it anew."""
        await self._tell(f"key:{key_id}")

    async def forget_account(self, account_id: UUID) -> None:
        """The account's role, tier or state was changed: every process reads its keys anew."""
        await self._tell(f"account:{account_id}")

    async def listen(self) -> None:
        """Hears until cancelled what other processes changed. What may have been missed before it begins is forgotten."""
        while True:
            try:
                async with self._kv.subscribe(CHANNEL) as messages:
                    self._forget_everything()
                    async for message in messages:
                        self._forget(message.decode(errors="replace"))
            except Unavailable:
                pass
            await asyncio.sleep(LISTEN_AGAIN_SECONDS)

    async def _look_up(self, prefix: str) -> Known:
        known = self._known.get(prefix)
        now = self._wall()
        if known is not None and now - known.read_at < FRESH_SECONDS:
            self._known.move_to_end(prefix)
            return known
        changes = self._changes
        try:
            proof = await repository.proof(self._database, prefix)
        except DatabaseAway:
            if known is not None and now - known.read_at < STALE_SECONDS:
                return known
            raise
        known = Known(proof, _principal(proof) if proof else None, now)
        if changes == self._changes:
            self._known[prefix] = known
            self._known.move_to_end(prefix)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return known

    async def _tell(self, message: str) -> None:
        self._forget(message)
        try:
            await self._kv.publish(CHANNEL, message.encode())
        except Unavailable:
            _log.warning("other processes hear of a changed key late", within_seconds=FRESH_SECONDS)

    def _forget(self, message: str) -> None:
        self._changes += 1
        kind, _, which = message.partition(":")
        for prefix, known in list(self._known.items()):
            if known.proof is not None and str(known.proof.key_id if kind == "key" else known.proof.account_id) == which:
                del self._known[prefix]

    def _forget_everything(self) -> None:
        self._changes += 1
        self._known.clear()


def _principal(proof: Proof) -> Principal:
    permissions = effective(proof.scopes, proof.role)
    return Principal(Means.KEY, permissions, proof.account_id, proof.role, proof.tier, key_id=proof.key_id)


def _is_past(moment: datetime | None, now: float) -> bool:
    return moment is not None and moment <= datetime.fromtimestamp(now, UTC)
