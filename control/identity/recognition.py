"""Who asks: turns what a request shows of its sender into a principal.

It believes a token for as long as it lives, but asks again every second whether it was revoked; in between a token costs a look into
memory. Keys and tickets are judged by those who gave them out. With the database away tokens work on; keys do as their reader can.
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final, Protocol
from uuid import UUID

from aiohttp.web import Request

from control.errors import TooMany, Unauthenticated
from control.identity.clients import Clients
from control.identity.credentials import Credential, Kind, presented
from control.permissions import THIS_MACHINE
from control.principal import ANONYMOUS, Means, Principal

BELIEVED_AT_ONCE: Final = 4_096
"""Tokens kept in memory; the one not seen for longest goes first."""
REVOCATION_SECONDS: Final = 1.0
"""How long a token that was revoked elsewhere may still be believed here."""
MACHINE: Final = Principal(Means.MACHINE, THIS_MACHINE)


class Claims(Protocol):
    """What is asked of a token that was believed (control/identity/tokens.py)."""

    @property
    def account_id(self) -> UUID: ...
    @property
    def session_id(self) -> UUID: ...
    @property
    def jti(self) -> str: ...
    @property
    def issued_at(self) -> int: ...
    @property
    def expires_at(self) -> int: ...
    @property
    def principal(self) -> Principal: ...


class TokenReader(Protocol):
    """Believes tokens. Raises Unauthenticated."""

    def read(self, token: str, now: float) -> Claims: ...


class KeyReader(Protocol):
    """Knows API keys. Raises Unauthenticated, Forbidden (not from this address), TooMany, DatabaseAway."""

    async def principal(self, presented: str, client: str) -> Principal: ...


class TicketTaker(Protocol):
    """Takes a ticket back, once. Raises Unauthenticated."""

    async def redeem(self, ticket: str, now: float) -> Principal: ...


class RevocationList(Protocol):
    """Knows which tokens are no longer believed."""

    def knows(self, token: Claims, now: float) -> bool: ...
    async def holds(self, token: Claims, now: float) -> bool: ...


class Tries(Protocol):
    """Counts keys that were refused, by client: each costs a question to the database.

    Tokens are not counted: to refuse one costs next to nothing, and a page that was left open with an old one must not shut its
    whole household out.
    """

    async def spent(self, network: str) -> float:
        """Seconds until that client may try again; 0.0 if it may."""

    async def count(self, network: str) -> None: ...


@dataclass(slots=True)
class _Believed:
    """A token whose signature was checked."""

    claims: Claims
    principal: Principal
    asked_at: float
    """When it was last asked whether it was revoked."""


@dataclass(frozen=True, slots=True)
class Readers:
    """Those who judge the credentials."""

    tokens: TokenReader
    keys: KeyReader
    tickets: TicketTaker
    revocations: RevocationList
    tries: Tries


class Recognition:
    """Knows people by what they show. `wall` tells UNIX seconds."""

    def __init__(self, readers: Readers, clients: Clients, wall: Callable[[], float], *, machine_reads: bool = True) -> None:
        self._readers = readers
        self._clients = clients
        self._wall = wall
        self._machine_reads = machine_reads
        self._believed: OrderedDict[bytes, _Believed] = OrderedDict()

    async def of(self, request: Request, client: str) -> Principal:
        """Who sent the request from the address `client`. Raises Unauthenticated for a bad credential, and what a KeyReader raises."""
        credential = presented(request)
        if credential is None:
            return MACHINE if self._machine_reads and self._clients.is_this_machine(request) else ANONYMOUS
        if credential.kind is Kind.TOKEN:
            now, digest = self._wall(), sha256(credential.value.encode("utf-8", "replace")).digest()
            if (believed := self._believed.get(digest)) is not None:
                self._believed.move_to_end(digest)
                return await self._still(believed, digest, now)
        if credential.kind is not Kind.KEY:
            return await self._judge(credential, client)
        network = self._clients.network(request)
        if wait_seconds := await self._readers.tries.spent(network):
            raise TooMany("Too many keys from there were wrong.", retry_after_seconds=wait_seconds)
        try:
            return await self._judge(credential, client)
        except Unauthenticated:
            await self._readers.tries.count(network)
            raise

    async def _judge(self, credential: Credential, client: str) -> Principal:
        now = self._wall()
        match credential.kind:
            case Kind.TOKEN:
                claims = self._readers.tokens.read(credential.value, now)
                believed = _Believed(claims, claims.principal, asked_at=float("-inf"))
                digest = sha256(credential.value.encode("utf-8", "replace")).digest()
                principal = await self._still(believed, digest, now)
                self._believed[digest] = believed
                if len(self._believed) > BELIEVED_AT_ONCE:
                    self._believed.popitem(last=False)
                return principal
            case Kind.KEY:
                return await self._readers.keys.principal(credential.value, client)
            case Kind.TICKET:
                return await self._readers.tickets.redeem(credential.value, now)

    async def _still(self, believed: _Believed, digest: bytes, now: float) -> Principal:
        """The token's principal, unless it has expired or was revoked since. Raises Unauthenticated."""
        claims, revocations = believed.claims, self._readers.revocations
        if now < claims.expires_at:
            if 0 <= now - believed.asked_at < REVOCATION_SECONDS:
                revoked = revocations.knows(claims, now)
            else:
                believed.asked_at = now
                revoked = await revocations.holds(claims, now)
            if not revoked:
                return believed.principal
        self._believed.pop(digest, None)
        raise Unauthenticated
