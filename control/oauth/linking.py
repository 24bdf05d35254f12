"""Who a stranger is here: found by (issuer, subject), never by e-mail. An address can change hands, and not every house proves it.

A stranger whom nobody knows becomes a new account if his house has verified his address and no account has it. If one does, he must
log in there as its owner and link the two himself.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from control.accounts import repository as accounts
from control.accounts.account import State
from control.accounts.repository import Purpose
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Conflict, NotFound
from control.oauth import repository
from control.oauth.provider import Provider, ProviderName, Stranger
from control.permissions import Role
from control.principal import ANONYMOUS, Principal


class LinkFirst(Conflict):
    """Log in to your account here, then link the other one to it"""

    code = "link-first"


class TakenLink(Conflict):
    """One of the two accounts is linked to another one already"""

    code = "link-taken"


class Linking:
    """Finds, makes and removes links. `wall` tells UNIX seconds."""

    def __init__(self, database: Database, audit: AuditLog, wall: Callable[[], float]) -> None:
        self._database = database
        self._audit = audit
        self._wall = wall

    async def account_of(self, stranger: Stranger, provider: Provider, client: str) -> UUID:
        """His account here, made if need be. Of many at the same time one makes it. Raises LinkFirst."""
        known = await repository.account_of(self._database, stranger.issuer, stranger.subject)
        if known is not None:
            return known
        made = await self._register(stranger, provider, client)
        if made is None:  # somebody was faster: he himself in another tab, or the owner of that address
            made = await repository.account_of(self._database, stranger.issuer, stranger.subject)
        if made is None:
            raise LinkFirst
        return made

    async def link(self, principal: Principal, account_id: UUID, stranger: Stranger, provider: Provider, client: str) -> None:
        """Opens this account to him; to do it again changes nothing. Of many at the same time one does it. Raises TakenLink."""
        async with self._database.transaction() as connection:
            added = await repository.add(connection, stranger, provider.name, account_id, self._now())
            if added:
                detail = {"provider": provider.name, "shown_as": stranger.shown_as}
                await self._audit.record(
                    "oauth.link", actor=principal, subject=str(account_id), detail=detail, client=client, connection=connection
                )
        if not added and await repository.account_of(self._database, stranger.issuer, stranger.subject) != account_id:
            raise TakenLink

    async def unlink(self, principal: Principal, account_id: UUID, provider: ProviderName, client: str) -> None:
        """Raises NotFound, and Conflict where it is all that the account has to log in with."""
        async with self._database.transaction() as connection:
            removed = await repository.remove(connection, account_id, provider)
            if removed is None:
                raise NotFound
            if not removed:
                raise Conflict("Set a password first; without it nobody could log in to this account.")
            await self._audit.record(
                "oauth.unlink",
                actor=principal,
                subject=str(account_id),
                detail={"provider": provider},
                client=client,
                connection=connection,
            )

    async def links_of(self, account_id: UUID) -> list[repository.Link]:
        """Where an account can be logged in to from."""
        return await repository.links_of(self._database, account_id)

    async def _register(self, stranger: Stranger, provider: Provider, client: str) -> UUID | None:
        """A new account for a verified address that has none; None if it has one, or somebody was faster."""
        if stranger.email is None:
            return None
        former = await accounts.by_email(self._database, stranger.email)
        if former is not None and former.state is not State.UNVERIFIED:
            return None
        now = self._now()
        try:
            async with self._database.transaction() as connection:
                account_id = None
                if former is None:
                    account_id = await accounts.add(connection, stranger.email, stranger.shown_as, Role.USER, State.ACTIVE, None, now)
                elif await accounts.activate(connection, former.id, stranger.shown_as, None, now):
                    # whoever registered did not prove the address; who comes now did, and the other's password dies with its code
                    await accounts.drop_codes(connection, former.id, Purpose.VERIFY)
                    account_id = former.id
                if account_id is None or not await repository.add(connection, stranger, provider.name, account_id, now):
                    raise _Slower
                detail = {"provider": provider.name, "shown_as": stranger.shown_as}
                await self._audit.record(
                    "oauth.register", actor=ANONYMOUS, subject=str(account_id), detail=detail, client=client, connection=connection
                )
        except _Slower:
            return None
        return account_id

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._wall(), UTC)


class _Slower(Exception):
    """Undoes a registration that somebody else has made meanwhile."""
