"""What an owner may do with keys: make, change, rotate, revoke. Each stands in the audit log, in the transaction that did it.

A key never reaches further than its maker: it is given only scopes that the request itself holds. A request that shows a key can
read the list, and rotate or revoke that very key, so that a program can renew its own; everything else needs the person.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from control.apikeys import repository
from control.apikeys.key import ApiKey, Network, is_entitled
from control.apikeys.key_ring import KeyRing
from control.apikeys.presented import Presented, new_secret
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Conflict, Forbidden, NotEntitled, NotFound
from control.permissions import Permission
from control.principal import Means, Principal

LEAST_BETWEEN_ROTATIONS: Final = timedelta(seconds=10)
"""Rotations that meet are one: the others find the key rotated."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an owner may choose."""

    name: str
    scopes: frozenset[Permission]
    networks: tuple[Network, ...]
    requests_per_minute: int
    expires_at: datetime | None


class ApiKeys:
    """The keys of whoever asks; those of others are not there for him."""

    def __init__(self, database: Database, audit: AuditLog, ring: KeyRing, pepper: bytes, wall: Callable[[], float]) -> None:
        self._database = database
        self._audit = audit
        self._ring = ring
        self._pepper = pepper
        self._wall = wall

    async def usable(self, principal: Principal) -> list[ApiKey]:
        """One's keys that can be used now, the newest first."""
        return await repository.of_account(self._database, _owner(principal), self._now())

    async def one(self, principal: Principal, key_id: UUID) -> ApiKey:
        """One's key. Raises NotFound."""
        key = await repository.one(self._database, _owner(principal), key_id, self._now())
        if key is None:
            raise NotFound
        return key

    async def make(self, principal: Principal, wish: Wish, client: str) -> tuple[ApiKey, Presented]:
        """A new key and its text, which is nowhere kept. Raises NotEntitled, Forbidden, Conflict."""
        owner, now = _person(principal), self._now()
        if principal.role is None or not is_entitled(principal.role, principal.tier):
            raise NotEntitled("API keys need a plan that includes the API.")
        _judge(wish, principal, now)
        secret = new_secret()
        async with self._database.transaction() as connection:
            if not await repository.has_room(connection, owner, now):
                raise Conflict(f"An account has at most {repository.MOST_KEYS} keys; revoke one first.")
            key_id = await repository.add(
                connection, owner, wish.name, wish.scopes, wish.networks, wish.requests_per_minute, wish.expires_at, now
            )
            await repository.add_secret(connection, key_id, secret.prefix, secret.digest(self._pepper), now)
            detail = {"prefix": secret.prefix, **_told(wish)}
            await self._audit.record("key.make", actor=principal, subject=str(key_id), detail=detail, client=client, connection=connection)
        return await self.one(principal, key_id), secret

    async def change(self, principal: Principal, key_id: UUID, wished: Callable[[Wish], Wish], client: str) -> ApiKey:
        """Changes what `wished` makes of what there is. Raises NotFound, Forbidden, Conflict."""
        owner, now = _person(principal), self._now()
        key = await self.one(principal, key_id)
        if key.is_over(now):
            raise NotFound
        wish = wished(Wish(key.name, key.scopes, key.networks, key.requests_per_minute, key.expires_at))
        _judge(replace(wish, scopes=wish.scopes - key.scopes, expires_at=_new(wish.expires_at, key.expires_at)), principal, now)
        async with self._database.transaction() as connection:
            if not await repository.change(
                connection, owner, key_id, wish.name, wish.scopes, wish.networks, wish.requests_per_minute, wish.expires_at
            ):
                raise NotFound
            await self._audit.record(
                "key.change", actor=principal, subject=str(key_id), detail=_told(wish), client=client, connection=connection
            )
        await self._ring.forget_key(key_id)
        return await self.one(principal, key_id)

    async def rotate(self, principal: Principal, key_id: UUID, grace: timedelta, client: str) -> tuple[ApiKey, Presented]:
        """A new secret; the former one opens for `grace` longer. Of many at the same time one succeeds. Raises NotFound, Conflict."""
        owner, now = _person_or_itself(principal, key_id), self._now()
        key = await self.one(principal, key_id)
        if key.is_over(now):
            raise NotFound
        secret = new_secret()
        async with self._database.transaction() as connection:
            if not await repository.begin_rotation(connection, owner, key_id, now, now - LEAST_BETWEEN_ROTATIONS):
                raise Conflict("The key was rotated already, and its former secret still opens; wait, or revoke the key.")
            await repository.retire_secret(connection, key_id, now + grace, now)
            await repository.add_secret(connection, key_id, secret.prefix, secret.digest(self._pepper), now)
            detail = {"prefix": secret.prefix, "grace_seconds": grace.total_seconds()}
            await self._audit.record(
                "key.rotate", actor=principal, subject=str(key_id), detail=detail, client=client, connection=connection
            )
        await self._ring.forget_key(key_id)
        return await self.one(principal, key_id), secret

    async def revoke(self, principal: Principal, key_id: UUID, client: str) -> None:
        """Ends a key at once and for ever. Raises NotFound."""
        owner = _person_or_itself(principal, key_id)
        async with self._database.transaction() as connection:
            if not await repository.revoke(connection, owner, key_id, self._now()):
                raise NotFound
            await self._audit.record("key.revoke", actor=principal, subject=str(key_id), client=client, connection=connection)
        await self._ring.forget_key(key_id)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._wall(), UTC)


def _judge(wish: Wish, principal: Principal, now: datetime) -> None:
    beyond = sorted(wish.scopes - principal.permissions)
    if beyond:
        raise Forbidden(f"Your role does not hold {', '.join(beyond)}.")
    if wish.expires_at is not None and wish.expires_at <= now:
        raise Conflict("It would have expired already.")


def _new(wished: datetime | None, former: datetime | None) -> datetime | None:
    """What is only left as it was needs no judgement."""
    return None if wished == former else wished


def _told(wish: Wish) -> dict[str, object]:
    return {
        "name": wish.name,
        "scopes": sorted(wish.scopes),
        "networks": [str(network) for network in wish.networks],
        "requests_per_minute": wish.requests_per_minute,
        "expires_at": wish.expires_at,
    }


def _owner(principal: Principal) -> UUID:
    if principal.account_id is None:
        raise Forbidden
    return principal.account_id


def _person(principal: Principal) -> UUID:
    if principal.means is Means.KEY:
        raise Forbidden("Keys are made and changed by a person who is logged in, not with a key.")
    return _owner(principal)


def _person_or_itself(principal: Principal, key_id: UUID) -> UUID:
    if principal.means is Means.KEY and principal.key_id != key_id:
        raise Forbidden("With a key only that key itself can be rotated or revoked.")
    return _owner(principal)
