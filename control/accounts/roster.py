"""The roster: all accounts as those see them who look after the house. Roles and states are changed here and nowhere else.

Whoever is changed is asked for his login again: his sessions end and with them his access tokens, which carry the role. The last
superadmin stays one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from control.accounts import repository
from control.accounts.account import Account, State
from control.accounts.proof import Proof
from control.accounts.sessions.sessions import Sessions
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Conflict, NotFound
from control.permissions import Role
from control.principal import Principal


@dataclass(frozen=True, slots=True)
class Roster:
    """`actor` None is the operator at the command line. `wall` tells UNIX seconds."""

    database: Database
    audit: AuditLog
    proof: Proof
    sessions: Sessions
    wall: Callable[[], float]

    async def newest(self, limit: int = 1_000) -> list[Account]:
        return await repository.newest(self.database, limit)

    async def one(self, account_id: UUID) -> Account:
        """Raises NotFound."""
        return _there(await repository.by_id(self.database, account_id))

    async def of_email(self, email: str) -> Account:
        """Raises NotFound."""
        return _there(await repository.by_email(self.database, email))

    async def assign(self, actor: Principal | None, account: Account, role: Role, client: str = "") -> None:
        """Gives another role. Raises Conflict for the last superadmin."""
        async with self.database.transaction() as connection:
            await self._keep_one(connection, account, stays=role is Role.SUPERADMIN)
            await repository.set_role(connection, account.id, role, self._now())
            ended = await self.sessions.end_within(connection, account.id)
            detail = {"from": account.role, "to": role}
            await self.audit.record(
                "role.assign", actor=actor, subject=str(account.id), detail=detail, client=client, connection=connection
            )
        await self.sessions.revoke(ended)

    async def suspend(self, actor: Principal | None, account: Account, client: str = "") -> None:
        """It cannot be used until it is restored. Raises Conflict for the last superadmin."""
        async with self.database.transaction() as connection:
            await self._keep_one(connection, account, stays=False)
            await repository.set_state(connection, account.id, State.SUSPENDED, self._now())
            ended = await self.sessions.end_within(connection, account.id)
            await self.audit.record("account.suspend", actor=actor, subject=str(account.id), client=client, connection=connection)
        await self.sessions.revoke(ended)

    async def restore(self, actor: Principal | None, account: Account, client: str = "") -> None:
        """A suspended account can be used again."""
        async with self.database.transaction() as connection:
            await repository.set_state(connection, account.id, State.ACTIVE, self._now())
            await self.audit.record("account.restore", actor=actor, subject=str(account.id), client=client, connection=connection)

    async def set_password(self, actor: Principal | None, account: Account, password: str) -> None:
        """Ends all its sessions. Raises Invalid, Conflict (suspended)."""
        password_hash = await self.proof.new_hash(password, account.email, account.name)
        async with self.database.transaction() as connection:
            if not await repository.set_password(connection, account.id, password_hash, self._now()):
                raise Conflict("This account is suspended.")
            ended = await self.sessions.end_within(connection, account.id)
            await self.audit.record("password.reset", actor=actor, subject=str(account.id), connection=connection)
        await self.sessions.revoke(ended)

    async def _keep_one(self, connection: repository.Connection, account: Account, *, stays: bool) -> None:
        counts = account.role is Role.SUPERADMIN and account.state is State.ACTIVE
        if counts and not stays and await repository.hold_superadmins(connection) <= 1:
            raise Conflict("The house needs a superadmin; make another first.")

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self.wall(), UTC)


def _there(account: Account | None) -> Account:
    if account is None:
        raise NotFound("There is no such account.")
    return account
