"""The second factors of accounts: begun, confirmed by a first code, proven at each login, taken away by password and code together."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from control.accounts.account import Account
from control.accounts.factors import repository
from control.accounts.refusals import SecondFactorNeeded, WrongCode
from control.accounts.repository import changed
from control.accounts.sessions.sessions import Sessions, Whence
from control.accounts.throttle import Limits
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Conflict
from control.identity.second_factor import SecondFactor, is_totp
from control.principal import Principal


@dataclass(frozen=True, slots=True)
class Begun:
    """An authenticator to be."""

    secret: str
    uri: str


class Factors:
    """Second factors. Whoever calls what changes something has asked for the password before. `wall` tells UNIX seconds."""

    def __init__(
        self,
        database: Database,
        audit: AuditLog,
        sessions: Sessions,
        second_factor: SecondFactor,
        limits: Limits,
        wall: Callable[[], float],
    ) -> None:
        self._database = database
        self._audit = audit
        self._sessions = sessions
        self._second_factor = second_factor
        self._limits = limits
        self._wall = wall

    async def prove(self, account: Account, code: str | None) -> bool:
        """Uses a code up, if the account has a second factor at all; whether it has.

        Raises SecondFactorNeeded without a code, WrongCode, TooMany.
        """
        if not account.has_second_factor:
            return False
        if code is None:
            raise SecondFactorNeeded
        await self._limits.allow("second-factor", str(account.id))
        if not (await self._uses_step(account.id, code) if is_totp(code) else await self._uses_recovery_code(account.id, code)):
            raise WrongCode
        return True

    async def begin(self, account: Account) -> Begun:
        """A new authenticator, not asked for yet. Raises Conflict if there is one."""
        secret = self._second_factor.new_secret()
        async with self._database.transaction() as connection:
            if not await repository.begin(connection, account.id, self._second_factor.sealed(secret, account.id)):
                raise Conflict("The account has a second factor; take it away first.")
        return Begun(secret, self._second_factor.uri(secret, account.email))

    async def confirm(self, principal: Principal, account: Account, code: str, whence: Whence) -> list[str]:
        """Turns it on by a first code; all other sessions end. The recovery codes are never shown again. Raises Conflict, WrongCode."""
        factor = await repository.of_account(self._database, account.id)
        if factor is None or factor.confirmed:
            raise Conflict("There is no second factor to confirm; begin with one.")
        await self._limits.allow("second-factor", str(account.id))
        secret = self._second_factor.opened(factor.sealed_secret, account.id)
        step = self._second_factor.step_of(secret, code.replace(" ", ""), self._wall()) if secret else None
        if step is None:
            raise WrongCode
        codes = self._second_factor.new_recovery_codes()
        now = datetime.fromtimestamp(self._wall(), UTC)
        async with self._database.transaction() as connection:
            if not await repository.confirm(connection, account.id, factor.sealed_secret, step, now):
                raise Conflict("It was confirmed already.")
            await repository.put_recovery_codes(connection, account.id, self._second_factor.recovery_digests(codes, account.id))
            await changed(connection, account.id, now)
            ended = await self._sessions.end_within(connection, account.id, but=principal.session_id)
            await self._audit.record(
                "second_factor.confirm", actor=principal, subject=str(account.id), client=whence.client, connection=connection
            )
        await self._sessions.revoke(ended)
        return codes

    async def renew_recovery_codes(self, principal: Principal, account: Account, whence: Whence) -> list[str]:
        """Ten others; those from before open nothing more. Raises Conflict without a second factor."""
        _require(account)
        codes = self._second_factor.new_recovery_codes()
        async with self._database.transaction() as connection:
            await repository.put_recovery_codes(connection, account.id, self._second_factor.recovery_digests(codes, account.id))
            await changed(connection, account.id, datetime.fromtimestamp(self._wall(), UTC))
            await self._audit.record(
                "second_factor.renew", actor=principal, subject=str(account.id), client=whence.client, connection=connection
            )
        return codes

    async def disable(self, principal: Principal, account: Account, whence: Whence) -> None:
        """Takes it away, with its recovery codes. Raises Conflict without a second factor."""
        _require(account)
        async with self._database.transaction() as connection:
            await repository.remove(connection, account.id)
            await changed(connection, account.id, datetime.fromtimestamp(self._wall(), UTC))
            await self._audit.record(
                "second_factor.disable", actor=principal, subject=str(account.id), client=whence.client, connection=connection
            )

    async def _uses_step(self, account_id: UUID, code: str) -> bool:
        factor = await repository.of_account(self._database, account_id)
        secret = self._second_factor.opened(factor.sealed_secret, account_id) if factor else None
        step = self._second_factor.step_of(secret, code.replace(" ", ""), self._wall()) if secret else None
        return step is not None and await repository.use_step(self._database, account_id, step)

    async def _uses_recovery_code(self, account_id: UUID, code: str) -> bool:
        (digest,) = self._second_factor.recovery_digests([code], account_id)
        return await repository.use_recovery_code(self._database, account_id, digest, datetime.fromtimestamp(self._wall(), UTC))


def _require(account: Account) -> None:
    if not account.has_second_factor:
        raise Conflict("The account has no second factor.")
