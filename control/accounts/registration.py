"""How an account begins: somebody registers and proves his address, or the operator makes the first one.

The answer to a registration is the same whether the address is known or not, and so is the work; only the mailbox learns more. The
password waits beside the mailed code and becomes the account's when that very code comes back: who registers with another's address
gets nothing by the other's click on his own letter.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from control.accounts import repository
from control.accounts.account import Account, State
from control.accounts.letters import Letters
from control.accounts.opaque import digest_of, new_opaque
from control.accounts.proof import Proof
from control.accounts.refusals import LinkSpent
from control.accounts.repository import Code, Purpose
from control.accounts.throttle import Limits
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Conflict, NotFound
from control.mail.postbox import Postbox
from control.permissions import Role
from server.door.door import network

VERIFY: Final = timedelta(days=1)
SETUP: Final = timedelta(days=7)
UNVERIFIED: Final = timedelta(days=7)
"""A registration that nobody proved is forgotten after this."""


@dataclass(frozen=True, slots=True)
class Registration:
    """Makes accounts. `wall` tells UNIX seconds."""

    database: Database
    audit: AuditLog
    proof: Proof
    limits: Limits
    postbox: Postbox
    letters: Letters
    wall: Callable[[], float]

    async def register(self, email: str, name: str, password: str, client: str) -> None:
        """Writes to the address, whatever is known of it. Raises Invalid, TooMany, Unavailable."""
        await self.limits.allow("register-client", network(client))
        await self.limits.allow("mail-address", email)
        password_hash = await self.proof.new_hash(password, email, name)
        now, code = self._now(), new_opaque()
        async with self.database.transaction() as connection:
            added = await repository.add(connection, email, "", Role.USER, State.UNVERIFIED, None, now)
            known = None if added else await repository.unverified(connection, email)
            kept = Code(Purpose.VERIFY, added or known, email, name, password_hash)
            await repository.add_code(connection, digest_of(code), kept, now, now + VERIFY)
            await self.audit.record("account.register", actor=None, subject=email, client=client, connection=connection)
        self.postbox.post(self.letters.verify(email, code) if added or known else self.letters.known_already(email))

    async def verify(self, code: str, client: str) -> None:
        """Uses a mailed code: the address of a registration, or a new address of an account, is proven. Raises LinkSpent, Conflict."""
        await self.limits.allow("code-client", network(client))
        now = self._now()
        async with self.database.transaction() as connection:
            taken = await repository.take_code(connection, digest_of(code), (Purpose.VERIFY, Purpose.EMAIL), now)
            if taken is None or taken.account_id is None or taken.email is None:
                raise LinkSpent
            if taken.purpose is Purpose.VERIFY:
                if not await repository.activate(connection, taken.account_id, taken.name, taken.password_hash, now):
                    raise LinkSpent
                event = "account.verify"
            else:
                if not await repository.set_email(connection, taken.account_id, taken.email, now):
                    raise Conflict("Another account has this address by now.")
                event = "account.change_email"
            await repository.drop_codes(connection, taken.account_id, Purpose.VERIFY, Purpose.EMAIL, Purpose.RESET)
            subject, detail = str(taken.account_id), {"email": taken.email}
            await self.audit.record(event, actor=None, subject=subject, detail=detail, client=client, connection=connection)

    async def setup_link(self) -> str | None:
        """A link with which the first superadmin is made, once; those from before open nothing more. None if there is a superadmin."""
        now, code = self._now(), new_opaque()
        async with self.database.transaction() as connection:
            if await repository.hold_superadmins(connection):
                return None
            await repository.drop_codes(connection, None, Purpose.SETUP)
            await repository.add_code(connection, digest_of(code), Code(Purpose.SETUP, None, None, "", None), now, now + SETUP)
        return self.letters.link("setup", code)

    async def setup(self, code: str, email: str, name: str, password: str, client: str) -> None:
        """The first superadmin. Of many at the same time one is made. Raises LinkSpent, Invalid, Conflict."""
        await self.limits.allow("code-client", network(client))
        if await repository.code(self.database, digest_of(code), Purpose.SETUP, self._now()) is None:
            raise LinkSpent
        password_hash = await self.proof.new_hash(password, email, name)
        now = self._now()
        async with self.database.transaction() as connection:
            if await repository.take_code(connection, digest_of(code), (Purpose.SETUP,), now) is None:
                raise LinkSpent
            if await repository.hold_superadmins(connection):
                raise LinkSpent
            account_id = await self._add(connection, email, name, Role.SUPERADMIN, password_hash)
            await self.audit.record("account.setup", actor=None, subject=str(account_id), client=client, connection=connection)

    async def create(self, email: str, name: str, role: Role, password: str | None) -> Account:
        """An active account, by the operator's hand or by another house's login (without a password). Raises Invalid, Conflict."""
        password_hash = await self.proof.new_hash(password, email, name) if password is not None else None
        async with self.database.transaction() as connection:
            account_id = await self._add(connection, email, name, role, password_hash)
            await self.audit.record(
                "account.create", actor=None, subject=str(account_id), detail={"email": email, "role": role}, connection=connection
            )
        account = await repository.by_id(self.database, account_id)
        if account is None:
            raise NotFound("The account was deleted as soon as it was made.")
        return account

    async def forget(self) -> None:
        """Deletes codes that are too old, and registrations that nobody proved within a week."""
        await repository.forget(self.database, self._now(), self._now() - UNVERIFIED)

    async def _add(self, connection: repository.Connection, email: str, name: str, role: Role, password_hash: str | None) -> UUID:
        """An active account; one of that address that nobody has proven gives way. Raises Conflict."""
        await repository.remove_unverified(connection, email)
        account_id = await repository.add(connection, email, name, role, State.ACTIVE, password_hash, self._now())
        if account_id is None:
            raise Conflict("There is an account with this address.")
        return account_id

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.wall(), UTC)
