"""What a person may change of his own account: name, address, password; and that he may leave.

A change of password ends all other sessions, and one by mail ends all. A mailed link never logs anybody in: who has a second factor
shows it at the next login, as always.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from control.accounts import repository
from control.accounts.account import Account, State
from control.accounts.letters import Letters
from control.accounts.opaque import digest_of, new_opaque
from control.accounts.proof import Proof
from control.accounts.refusals import LinkSpent
from control.accounts.repository import Code, Purpose
from control.accounts.sessions.sessions import Sessions, Whence
from control.accounts.throttle import Limits
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Conflict, Unauthenticated
from control.mail.postbox import Postbox
from control.permissions import Role
from control.principal import Principal
from server.door.door import network

RESET: Final = timedelta(hours=1)
NEW_ADDRESS: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Profile:
    """One's own account. `wall` tells UNIX seconds."""

    database: Database
    audit: AuditLog
    proof: Proof
    sessions: Sessions
    limits: Limits
    postbox: Postbox
    letters: Letters
    wall: Callable[[], float]

    async def read(self, principal: Principal) -> Account:
        """As it is now. Raises Unauthenticated where it is gone or suspended."""
        account = await repository.by_id(self.database, principal.account_id) if principal.account_id else None
        if account is None or account.state is not State.ACTIVE:
            raise Unauthenticated
        return account

    async def rename(self, principal: Principal, name: str) -> None:
        account = await self.proof.account(principal)
        async with self.database.transaction() as connection:
            await repository.set_name(connection, account.id, name, self._now())

    async def ask_for_address(self, principal: Principal, email: str, password: str, whence: Whence) -> None:
        """Writes to the new address, which is used once that is answered, and to the old one. Raises WrongPassword, TooMany."""
        account = await self.proof.again(principal, password)
        await self.limits.allow("mail-address", email)
        taken = await repository.by_email(self.database, email)
        now, code = self._now(), new_opaque()
        async with self.database.transaction() as connection:
            kept = Code(Purpose.EMAIL, account.id if taken is None else None, email, "", None)
            await repository.add_code(connection, digest_of(code), kept, now, now + NEW_ADDRESS)
            subject, detail = str(account.id), {"email": email}
            await self.audit.record(
                "account.ask_email", actor=principal, subject=subject, detail=detail, client=whence.client, connection=connection
            )
        self.postbox.post(self.letters.change_address(email, code) if taken is None else self.letters.known_already(email))
        self.postbox.post(self.letters.address_will_change(account.email))

    async def change_password(self, principal: Principal, current: str, password: str, whence: Whence) -> None:
        """Raises WrongPassword, Invalid, TooMany."""
        account = await self.proof.again(principal, current)
        password_hash = await self.proof.new_hash(password, account.email, account.name)
        async with self.database.transaction() as connection:
            await repository.set_password(connection, account.id, password_hash, self._now())
            await repository.drop_codes(connection, account.id, Purpose.RESET, Purpose.EMAIL)
            ended = await self.sessions.end_within(connection, account.id, but=principal.session_id)
            await self.audit.record(
                "password.change", actor=principal, subject=str(account.id), client=whence.client, connection=connection
            )
        await self.sessions.revoke(ended)
        self.postbox.post(self.letters.password_changed(account.email))

    async def forgot(self, email: str, client: str) -> None:
        """Writes to the address if it has an account; the same work and no word of it either way. Raises TooMany."""
        await self.limits.allow("mail-client", network(client))
        await self.limits.allow("mail-address", email)
        account = await repository.by_email(self.database, email)
        may = account is not None and account.state is State.ACTIVE
        now, code = self._now(), new_opaque()
        async with self.database.transaction() as connection:
            kept = Code(Purpose.RESET, account.id if account and may else None, email, "", None)
            await repository.add_code(connection, digest_of(code), kept, now, now + RESET)
            await self.audit.record("password.forget", actor=None, subject=email, client=client, connection=connection)
        if may:
            self.postbox.post(self.letters.reset(email, code))

    async def reset_password(self, code: str, password: str, client: str) -> None:
        """Uses a mailed code; all sessions end. Raises LinkSpent, Invalid."""
        await self.limits.allow("code-client", network(client))
        found = await repository.code(self.database, digest_of(code), Purpose.RESET, self._now())
        account = await repository.by_id(self.database, found.account_id) if found and found.account_id else None
        if account is None:
            raise LinkSpent
        password_hash = await self.proof.new_hash(password, account.email, account.name)
        async with self.database.transaction() as connection:
            taken = await repository.take_code(connection, digest_of(code), (Purpose.RESET,), self._now())
            if taken is None or not await repository.set_password(connection, account.id, password_hash, self._now()):
                raise LinkSpent
            await repository.drop_codes(connection, account.id, Purpose.RESET, Purpose.EMAIL)
            ended = await self.sessions.end_within(connection, account.id)
            await self.audit.record("password.reset", actor=None, subject=str(account.id), client=client, connection=connection)
        await self.sessions.revoke(ended)
        self.postbox.post(self.letters.password_changed(account.email))

    async def leave_for_good(self, principal: Principal, password: str, code: str | None, whence: Whence) -> None:
        """Deletes the account and all that is its own. Raises WrongPassword, SecondFactorNeeded, Conflict (the last superadmin)."""
        account = await self.proof.wholly(principal, password, code)
        async with self.database.transaction() as connection:
            if account.role is Role.SUPERADMIN and await repository.hold_superadmins(connection) <= 1:
                raise Conflict("The house needs a superadmin; make another first.")
            ended = await self.sessions.end_within(connection, account.id)
            await repository.remove(connection, account.id)
            await self.audit.record("account.delete", actor=principal, subject=str(account.id), client=whence.client, connection=connection)
        await self.sessions.revoke(ended)

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.wall(), UTC)
