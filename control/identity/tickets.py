"""One-time tickets: what opens a WebSocket or an event stream, to which a browser can send no header.

Whoever is logged in fetches one and puts it into the address at once. It works a single time and for half a minute, so that an
address in a log or a history opens nothing. The Kv keeps it, hashed, and gives it away once.
"""

import secrets
from hashlib import sha256
from typing import Final, Protocol
from uuid import UUID

import msgspec

from control.errors import Conflict, Forbidden, Unauthenticated
from control.permissions import Permission, Role
from control.principal import Means, Principal
from control.tiers import Tier

LIFE_SECONDS: Final = 30.0
LONGEST: Final = 64
_RANDOM_BYTES: Final = 24


class Shelf(Protocol):
    """What is asked of a Kv."""

    async def add(self, key: str, value: bytes, ttl_seconds: float | None = None) -> bool: ...
    async def take(self, key: str) -> bytes | None: ...


class _Held(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whoever fetched the ticket, as he was then."""

    permissions: frozenset[Permission]
    account_id: UUID
    role: Role | None
    tier: Tier
    session_id: UUID | None
    key_id: UUID | None
    mfa: bool
    until: float


class Tickets:
    """Gives out tickets and takes them back."""

    def __init__(self, shelf: Shelf, life_seconds: float = LIFE_SECONDS) -> None:
        """Raises ValueError for a life of more than half a minute."""
        if not 0 < life_seconds <= LIFE_SECONDS:
            raise ValueError(f"a ticket lives {LIFE_SECONDS:.0f} s at most")
        self._shelf = shelf
        self._life_seconds = life_seconds

    async def issue(self, principal: Principal, now: float) -> str:
        """A ticket that carries all that the principal may; `now` is UNIX time. Raises Forbidden for whoever has no account."""
        if principal.account_id is None:
            raise Forbidden("Only an account can fetch a ticket.")
        held = _Held(
            permissions=principal.permissions,
            account_id=principal.account_id,
            role=principal.role,
            tier=principal.tier,
            session_id=principal.session_id,
            key_id=principal.key_id,
            mfa=principal.mfa,
            until=now + self._life_seconds,
        )
        ticket = secrets.token_urlsafe(_RANDOM_BYTES)
        if not await self._shelf.add(_key(ticket), msgspec.json.encode(held), self._life_seconds):
            raise Conflict
        return ticket

    async def redeem(self, ticket: str, now: float) -> Principal:
        """Who fetched it. Raises Unauthenticated for one that was used, is too old or was never given out."""
        kept = await self._shelf.take(_key(ticket)) if len(ticket) <= LONGEST else None
        if kept is None:
            raise Unauthenticated("This ticket was used, is too old, or never was one.")
        held = msgspec.json.decode(kept, type=_Held)
        if now >= held.until:
            raise Unauthenticated("This ticket was used, is too old, or never was one.")
        return Principal(Means.TICKET, held.permissions, held.account_id, held.role, held.tier, held.session_id, held.key_id, held.mfa)


def _key(ticket: str) -> str:
    return f"ticket:{sha256(ticket.encode()).hexdigest()}"
