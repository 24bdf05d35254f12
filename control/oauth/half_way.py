"""Those who came from another house and have a second factor here: the other house's word is the first one only.

A ticket names the account for five minutes and opens nothing by itself. It is taken back with the code that was right.
"""

from hashlib import sha256
from secrets import token_urlsafe
from typing import Final, Protocol
from uuid import UUID

LIFE_SECONDS: Final = 300
BYTES: Final = 32


class Shelf(Protocol):
    """What is asked of the Kv."""

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None: ...
    async def get(self, key: str) -> bytes | None: ...
    async def take(self, key: str) -> bytes | None: ...


class HalfWay:
    """Tickets of those who are half way in."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf

    async def ticket(self, account_id: UUID) -> str:
        """For whoever has shown the first factor."""
        ticket = token_urlsafe(BYTES)
        await self._shelf.set(_key(ticket), account_id.bytes, LIFE_SECONDS)
        return ticket

    async def account_of(self, ticket: str) -> UUID | None:
        """Whose it is; it stays good."""
        return _id(await self._shelf.get(_key(ticket)))

    async def take(self, ticket: str) -> UUID | None:
        """Whose it is, the first time it is asked."""
        return _id(await self._shelf.take(_key(ticket)))


def _id(value: bytes | None) -> UUID | None:
    return UUID(bytes=value) if value is not None else None


def _key(ticket: str) -> str:
    return f"oauth-half:{sha256(ticket.encode()).hexdigest()}"
