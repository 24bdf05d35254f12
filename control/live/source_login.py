"""The door for broadcasting programs: they know a user and a password, and nothing else.

The password is an API key, under any name; or the password of the account whose address is the user. Programs that cannot say a user (they
all send `source`) take both as the password, `address:password`. The limits, the hash of nothing and the audit of a login hold here too.
Who has a second factor cannot show it here, so he must use a key: it reaches no further than its scopes.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from control.accounts.account import Account
from control.errors import Forbidden, Refusal, TooMany, Unauthenticated
from control.identity.credentials import KEY_PREFIX
from control.live.djs import Djs
from control.principal import Principal
from server.door.door import network
from server.live.login import Dj, LoginRefused

LONGEST_EMAIL: Final = 254
USE_A_KEY: Final = "This account has a second factor: make an API key with the scope station:live:takeover, and use it as the password."


class Passwords(Protocol):
    """Asks for passwords (control/accounts/proof.py)."""

    async def by_password(self, email: str, password: str, client: str) -> Account: ...


class Keys(Protocol):
    """Knows API keys (control/apikeys/key_ring.py)."""

    async def principal(self, presented: str, client: str) -> Principal: ...


class Tries(Protocol):
    """Counts keys that were refused (control/identity/rate_limits.py)."""

    async def spent(self, network: str) -> float: ...
    async def count(self, network: str) -> None: ...


class AuditLog(Protocol):
    """What is asked of the audit log (control/audit/log.py)."""

    async def record(
        self,
        event: str,
        *,
        actor: Principal | None,
        subject: str | None = None,
        detail: Mapping[str, Any] | None = None,
        client: str = "",
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class SourceLogin:
    """A server.live.login.Login."""

    passwords: Passwords
    keys: Keys
    tries: Tries
    djs: Djs
    audit: AuditLog

    async def __call__(self, station: str, user: str, password: str, address: str) -> Dj:
        """The DJ. Raises LoginRefused."""
        try:
            principal = await self._who(user, password, address)
            try:
                return await self.djs.of(principal, address)
            except Forbidden:
                await self.audit.record("live.refuse", actor=principal, subject=station, client=address)
                raise
        except Refusal as refusal:
            raise refused(refusal) from None

    async def _who(self, user: str, password: str, address: str) -> Principal:
        if password.startswith(KEY_PREFIX):
            return await self._by_key(password, address)
        if "@" not in user and "@" in (first := password.partition(":")[0]):
            user, password = first, password.partition(":")[2]
        account = await self.passwords.by_password(_clean(user), password, address)
        if account.has_second_factor:
            raise Forbidden(USE_A_KEY)
        return account.principal()

    async def _by_key(self, key: str, address: str) -> Principal:
        source = network(address)
        if wait_seconds := await self.tries.spent(source):
            raise TooMany("Too many keys from there were wrong.", retry_after_seconds=wait_seconds)
        try:
            return await self.keys.principal(key, address)
        except Unauthenticated:
            await self.tries.count(source)
            raise


def refused(refusal: Refusal) -> LoginRefused:
    """The office's refusal in the words of a way in."""
    status = refusal.status if refusal.status in {401, 403, 429, 503} else 403
    return LoginRefused(status, refusal.detail or f"{refusal.title()}.")


def _clean(email: str) -> str:
    """As the database can be asked for it."""
    return email.strip().replace("\0", "").encode("utf-8", "replace").decode()[:LONGEST_EMAIL]
