"""Which tokens are no longer believed, although they have not expired.

They stand in the Kv under `revoked:{jti}`, `revoked-session:{id}` and `revoked-account:{id}`; the last one's value is the UNIX time
before which a token of that account must have been issued to be refused. Each entry lives as long as a token can. What this process
has revoked or heard of it remembers itself, so that a Kv that is away forgets nothing that was known here.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final, Protocol
from uuid import UUID

import structlog

log = structlog.get_logger(__name__)

KEPT_SECONDS: Final = 960.0
"""A token's fifteen minutes, and a minute for clocks that differ."""
PATIENCE_SECONDS: Final = 0.25
REMEMBERED: Final = 20_000
"""The oldest is forgotten first."""
EVER: Final = float("inf")


class Entries(Protocol):
    """What is asked of a Kv."""

    async def get_many(self, keys: Sequence[str]) -> list[bytes | None]: ...
    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None: ...


class Token(Protocol):
    """What is asked of a token's claims."""

    @property
    def jti(self) -> str: ...
    @property
    def session_id(self) -> UUID: ...
    @property
    def account_id(self) -> UUID: ...
    @property
    def issued_at(self) -> int: ...


class Revocations:
    """Revokes, and tells what is revoked. Times are UNIX seconds."""

    def __init__(self, kv: Entries) -> None:
        self._kv = kv
        self._known: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """Key -> (tokens issued before this are revoked, forgotten at)."""

    async def revoke_token(self, jti: str, now: float) -> None:
        await self._revoke(f"revoked:{jti}", EVER, now)

    async def revoke_session(self, session_id: UUID, now: float) -> None:
        """All tokens of one session."""
        await self._revoke(f"revoked-session:{session_id}", EVER, now)

    async def revoke_account(self, account_id: UUID, now: float) -> None:
        """All tokens of an account that were issued before now: after a change of password, role or state."""
        await self._revoke(f"revoked-account:{account_id}", now, now)

    def knows(self, token: Token, now: float) -> bool:
        """Whether it is revoked as far as this process remembers; asks nobody."""
        return any(self._remembered(key, token, now) for key in _keys(token))

    async def holds(self, token: Token, now: float) -> bool:
        """Whether it is revoked anywhere. With the Kv away: whether this process remembers so."""
        keys = _keys(token)
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                found = await self._kv.get_many(keys)
        except Exception as error:  # noqa: BLE001  # whatever is wrong with the Kv, the station's people stay logged in
            log.warning("revocations cannot be read; what this process remembers is used", error=str(error))
            return self.knows(token, now)
        for key, value in zip(keys, found, strict=True):
            if value is not None:
                self._remember(key, _before(key, value), now)
        return self.knows(token, now)

    async def _revoke(self, key: str, before: float, now: float) -> None:
        self._remember(key, before, now)
        await self._kv.set(key, b"1" if before == EVER else str(before).encode(), KEPT_SECONDS)

    def _remember(self, key: str, before: float, now: float) -> None:
        self._known[key] = (before, now + KEPT_SECONDS)
        self._known.move_to_end(key)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def _remembered(self, key: str, token: Token, now: float) -> bool:
        if (entry := self._known.get(key)) is None:
            return False
        before, until = entry
        if now >= until:
            del self._known[key]
            return False
        return token.issued_at < before


def _keys(token: Token) -> tuple[str, str, str]:
    return f"revoked:{token.jti}", f"revoked-session:{token.session_id}", f"revoked-account:{token.account_id}"


def _before(key: str, value: bytes) -> float:
    """Only an account's entry has a time; one that cannot be read counts against the token."""
    if not key.startswith("revoked-account:"):
        return EVER
    try:
        return float(value)
    except ValueError:
        return EVER
