"""What those who look after the house may do to others' accounts. Who may do what to whom is decided here, how it is done is the roster's.

Whatever is changed holds at once: sessions end with their tokens, and every process reads the account's keys anew. A changed
subscription alone ends no session; tokens carry it on for their quarter of an hour.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from control.accounts.account import Account, State
from control.accounts.roster import Roster
from control.admin import repository
from control.admin.rank import may_give, outranks
from control.admin.repository import Listed, Place, Wanted
from control.api.etags import version_etag
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Forbidden
from control.permissions import Permission, Role
from control.principal import Principal
from control.tiers import Tier


class KeyMemory(Protocol):
    """Remembers keys (control/apikeys/key_ring.py)."""

    async def forget_account(self, account_id: UUID) -> None: ...


@dataclass(frozen=True, slots=True)
class Change:
    """What to make of an account; None leaves it as it is."""

    role: Role | None = None
    state: State | None = None
    tier: Tier | None = None


class Personnel:
    """Other people's accounts. `wall` tells UNIX seconds."""

    def __init__(self, database: Database, audit: AuditLog, roster: Roster, keys: KeyMemory, wall: Callable[[], float]) -> None:
        self._database = database
        self._audit = audit
        self._roster = roster
        self._keys = keys
        self._wall = wall

    async def search(self, wanted: Wanted, limit: int, after: Place | None) -> list[Listed]:
        """The newest accounts that match."""
        return await repository.page(self._database, wanted, limit, after)

    async def one(self, account_id: UUID) -> Account:
        """Raises NotFound."""
        return await self._roster.one(account_id)

    async def change(self, actor: Principal, account_id: UUID, change: Change, unchanged: Callable[[str], None], client: str) -> Account:
        """Changes an account. `unchanged` is shown its entity tag first and may raise.

        Raises NotFound, PreconditionFailed, Forbidden (not below the actor, a role above his own), Conflict (the last superadmin).
        """
        account = await self._roster.one(account_id)
        unchanged(version_etag(account.version))
        self._judge(actor, account, change)
        if change.state is State.SUSPENDED and account.state is not State.SUSPENDED:
            await self._roster.suspend(actor, account, client)
        if change.role is not None and change.role is not account.role:
            await self._roster.assign(actor, await self._roster.one(account_id), change.role, client)
        if change.tier is not None and change.tier is not account.tier:
            await self._set_tier(actor, account, change.tier, client)
        if change.state is State.ACTIVE and account.state is not State.ACTIVE:
            await self._roster.restore(actor, account, client)
        await self._keys.forget_account(account_id)
        return await self._roster.one(account_id)

    async def kill_sessions(self, actor: Principal, account_id: UUID, client: str) -> int:
        """Ends all sessions of an account; how many. Raises NotFound, Forbidden."""
        account = await self._roster.one(account_id)
        if account.id != actor.account_id and not outranks(actor.role, account.role):
            raise Forbidden("This account stands above you.")
        sessions = self._roster.sessions
        async with self._database.transaction() as connection:
            ended = await sessions.end_within(connection, account_id)
            await self._audit.record(
                "session.kill",
                actor=actor,
                subject=str(account_id),
                detail={"sessions": len(ended)},
                client=client,
                connection=connection,
            )
        await sessions.revoke(ended)
        return len(ended)

    def _judge(self, actor: Principal, account: Account, change: Change) -> None:
        if not outranks(actor.role, account.role):
            raise Forbidden("Only accounts that stand below yours can be changed.")
        if change.role is not None and change.role is not account.role:
            if not actor.may(Permission.HOUSE_ROLES_ASSIGN):
                raise Forbidden(f"It takes the permission {Permission.HOUSE_ROLES_ASSIGN}.")
            if not may_give(actor.role, change.role):
                raise Forbidden("Nobody gives a role above his own.")

    async def _set_tier(self, actor: Principal, account: Account, tier: Tier, client: str) -> None:
        async with self._database.transaction() as connection:
            await repository.set_tier(connection, account.id, tier, datetime.fromtimestamp(self._wall(), UTC))
            detail = {"from": account.tier, "to": tier}
            await self._audit.record(
                "tier.change", actor=actor, subject=str(account.id), detail=detail, client=client, connection=connection
            )
