"""The addresses for looking after the house. The audit log's own are in control/audit/routes.py."""

from typing import Final
from uuid import UUID

from control.accounts.account import Account
from control.admin.limit_book import LimitBook
from control.admin.personnel import Personnel
from control.admin.repository import Listed, Place
from control.admin.shapes import (
    HouseLimitChange,
    HouseLimitTable,
    RoleGrants,
    RoleTable,
    SessionsKilled,
    User,
    UserChange,
    UserDetail,
    UserPath,
    UserQuery,
    table_of,
)
from control.api.call import Answer, Call
from control.api.etags import version_etag
from control.api.instant import Instant
from control.api.operation import operation
from control.api.paging import Cursors, Page
from control.errors import Conflict, NotFound, PreconditionFailed
from control.permissions import GRANTS, Permission, Role

TAG: Final = "admin"
CURSORS: Final = Cursors[tuple[Instant, UUID]](tuple[Instant, UUID])


class AdminAddresses:
    """/api/v1/admin."""

    def __init__(self, personnel: Personnel, limits: LimitBook) -> None:
        self._personnel = personnel
        self._limits = limits

    @operation(
        "GET", "/api/v1/admin/users", permission=Permission.HOUSE_ACCOUNTS_READ, summary="Search accounts", tag=TAG, raises=(NotFound,)
    )
    async def users(self, call: Call, *, query: UserQuery) -> Page[User]:  # noqa: ARG002 -- the guard has judged who asks
        """From new to old."""
        place = CURSORS.read(query.cursor)
        found = await self._personnel.search(query.wanted(), query.limit + 1, Place(*place) if place else None)
        shown = found[: query.limit]
        more = CURSORS.write((shown[-1].created_at, shown[-1].id)) if len(found) > len(shown) else None
        return Page[User](items=[_user(each) for each in shown], next_cursor=more)

    @operation(
        "GET",
        "/api/v1/admin/users/{id}",
        permission=Permission.HOUSE_ACCOUNTS_READ,
        summary="One account",
        tag=TAG,
        raises=(NotFound,),
    )
    async def user(self, call: Call, *, path: UserPath) -> Answer[UserDetail]:  # noqa: ARG002 -- likewise
        """Its entity tag counts its changes."""
        return _detail(await self._personnel.one(path.id))

    @operation(
        "PATCH",
        "/api/v1/admin/users/{id}",
        permission=Permission.HOUSE_ACCOUNTS_MANAGE,
        summary="Change an account's role, state or subscription",
        tag=TAG,
        raises=(NotFound, Conflict, PreconditionFailed),
    )
    async def change(self, call: Call, *, path: UserPath, body: UserChange) -> Answer[UserDetail]:
        """Only of accounts that stand below yours; a new role or a suspension ends their sessions. Send If-Match to change what you saw."""
        return _detail(await self._personnel.change(call.principal, path.id, body.change(), call.require_unchanged, call.client))

    @operation(
        "POST",
        "/api/v1/admin/users/{id}/sessions/kill",
        permission=Permission.HOUSE_SESSIONS_KILL,
        summary="End all sessions of an account",
        tag=TAG,
        raises=(NotFound,),
    )
    async def kill(self, call: Call, *, path: UserPath) -> SessionsKilled:
        """At once; whoever it is must log in again."""
        return SessionsKilled(sessions=await self._personnel.kill_sessions(call.principal, path.id, call.client))

    @operation("GET", "/api/v1/admin/roles", permission=Permission.HOUSE_ROLES_READ, summary="Roles and what they may", tag=TAG)
    async def roles(self, call: Call) -> RoleTable:  # noqa: ARG002 -- likewise
        """The whole table."""
        return RoleTable(items=[RoleGrants(role=role, permissions=sorted(GRANTS[role])) for role in Role])

    @operation("GET", "/api/v1/admin/rate-limits", permission=Permission.HOUSE_LIMITS_READ, summary="Limits of the house", tag=TAG)
    async def limits(self, call: Call) -> HouseLimitTable:  # noqa: ARG002 -- likewise
        """How much may be asked, by whom."""
        return table_of(await self._limits.read())

    @operation(
        "PUT", "/api/v1/admin/rate-limits", permission=Permission.HOUSE_LIMITS_MANAGE, summary="Change the limits of the house", tag=TAG
    )
    async def put_limits(self, call: Call, *, body: HouseLimitChange) -> HouseLimitTable:
        """All at once; on every front within moments."""
        return table_of(await self._limits.put(call.principal, body.rates(), call.client))


def _user(listed: Listed) -> User:
    return User(
        id=listed.id,
        email=listed.email,
        name=listed.name,
        role=listed.role,
        tier=listed.tier,
        state=listed.state,
        created_at=listed.created_at,
        has_password=listed.has_password,
    )


def _detail(account: Account) -> Answer[UserDetail]:
    shown = UserDetail(
        id=account.id,
        email=account.email,
        name=account.name,
        role=account.role,
        tier=account.tier,
        state=account.state,
        created_at=account.created_at,
        has_password=account.password_hash is not None,
        second_factor=account.has_second_factor,
        recovery_codes=account.recovery_codes,
    )
    return Answer(shown, etag=version_etag(account.version))
