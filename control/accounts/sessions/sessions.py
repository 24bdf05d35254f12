"""Sessions: opened by a login, kept alive by exchanging a refresh token for the next one, ended by their owner or by a thief's mistake.

A refresh token is used once. If it comes back, two have it, and nobody can tell the thief from the owner: the whole session ends. Two
tabs of one browser may send the same token at the same moment, though. So within ten seconds, and only as long as the token that it was
exchanged for is still unused, the late one is told so and nothing ends: the browser holds the newer token already.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from control.accounts.account import Account, Session
from control.accounts.opaque import digest_of, new_opaque
from control.accounts.refusals import RefreshedAlready
from control.accounts.sessions import repository
from control.accounts.throttle import Limits
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Forbidden, NotFound, Unauthenticated
from control.principal import Means, Principal
from server.door.door import network

IDLE: Final = timedelta(days=7)
ABSOLUTE: Final = timedelta(days=30)
GRACE: Final = timedelta(seconds=10)


class Minter(Protocol):
    """Makes access tokens (control/identity/tokens.py)."""

    def mint(self, principal: Principal, now: float, amr: tuple[str, ...]) -> str: ...


class Revocations(Protocol):
    """Ends access tokens before their time (control/identity/revocations.py)."""

    async def revoke_session(self, session_id: UUID, now: float) -> None: ...


@dataclass(frozen=True, slots=True)
class Whence:
    """Where a request comes from."""

    client: str
    """The address."""
    device: str
    """What the browser or program calls itself."""


@dataclass(frozen=True, slots=True)
class Opened:
    """What opens the house for a while."""

    access_token: str
    refresh_token: str
    refresh_seconds: int
    """How long the refresh token is good if it is not used."""


class Sessions:
    """The sessions of all accounts. `wall` tells UNIX seconds."""

    def __init__(
        self, database: Database, audit: AuditLog, tokens: Minter, revocations: Revocations, limits: Limits, wall: Callable[[], float]
    ) -> None:
        self._database = database
        self._audit = audit
        self._tokens = tokens
        self._revocations = revocations
        self._limits = limits
        self._wall = wall

    async def open(self, account: Account, whence: Whence, amr: tuple[str, ...], *, mfa: bool) -> Opened:
        """A new session for somebody who has proven who he is; how is told by `amr` (RFC 8176: pwd, otp, fed)."""
        now = self._now()
        expires_at = now + ABSOLUTE
        token = new_opaque()
        async with self._database.transaction() as connection:
            session_id = await repository.add(connection, account.id, whence.device, whence.client, amr, mfa, now, expires_at)
            await repository.add_token(connection, session_id, digest_of(token), None, now + IDLE)
            crowded_out = await repository.crowd_out(connection, account.id, now)
            principal = account.principal(session_id, mfa=mfa)
            detail = {"amr": list(amr), "device": whence.device}
            await self._audit.record(
                "login.succeed", actor=principal, subject=str(account.id), detail=detail, client=whence.client, connection=connection
            )
        await self.revoke(crowded_out)
        return Opened(self._tokens.mint(principal, now.timestamp(), amr), token, int(IDLE.total_seconds()))

    async def refresh(self, token: str, whence: Whence) -> Opened:
        """Exchanges a refresh token for the next. Of many at the same time one succeeds. Raises Unauthenticated, RefreshedAlready."""
        await self._limits.allow("refresh-client", network(whence.client))
        now, digest, following = self._now(), digest_of(token), new_opaque()
        async with self._database.transaction() as connection:
            claimed = await repository.claim(connection, digest, now)
            if claimed is not None and claimed.principal.session_id is not None:
                good_until = min(now + IDLE, claimed.expires_at)
                await repository.add_token(connection, claimed.principal.session_id, digest_of(following), digest, good_until)
                await repository.touch(connection, claimed.principal.session_id, whence.device, whence.client, now)
                access_token = self._tokens.mint(claimed.principal, now.timestamp(), claimed.amr)
                return Opened(access_token, following, int((good_until - now).total_seconds()))
            trace = await repository.trace(connection, digest, now)
            ended = await self._judge(connection, trace, whence, now) if trace else []
        await self.revoke(ended)
        raise RefreshedAlready if trace is not None and _is_late_tab(trace, now) else Unauthenticated

    async def leave(self, principal: Principal, token: str | None, whence: Whence) -> None:
        """Logs out: ends the session of the refresh token and that of the access token, whichever is there. Silent if none is."""
        now, ended = self._now(), []
        async with self._database.transaction() as connection:
            trace = await repository.trace(connection, digest_of(token), now) if token else None
            if trace is not None:
                ended += await repository.end(connection, trace.account_id, now, only=trace.session_id)
            if principal.account_id is not None and principal.session_id is not None:
                ended += await repository.end(connection, principal.account_id, now, only=principal.session_id)
            for session_id in ended:
                await self._audit.record(
                    "session.leave", actor=principal, subject=str(session_id), client=whence.client, connection=connection
                )
        # Again even where the database knew it: the tokens may not have been reached the last time
        also = {each for each in (principal.session_id, trace.session_id if trace else None) if each is not None}
        await self.revoke({*ended, *also})

    async def of_account(self, account_id: UUID) -> list[Session]:
        """Those that go on, the one used last first."""
        return await repository.of_account(self._database, account_id, self._now())

    async def end(self, principal: Principal, session_id: UUID, whence: Whence) -> None:
        """Ends one of one's own. Raises NotFound."""
        if not await self._end(principal, whence, only=session_id):
            raise NotFound

    async def end_others(self, principal: Principal, whence: Whence) -> int:
        """Ends all of one's own but the one that asks; how many."""
        return len(await self._end(principal, whence, but=principal.session_id))

    async def end_within(self, connection: repository.Connection, account_id: UUID, but: UUID | None = None) -> list[UUID]:
        """Ends an account's sessions as part of a transaction; hand what it returns to `revoke` when that is done."""
        return await repository.end(connection, account_id, self._now(), but=but)

    async def revoke(self, session_ids: Iterable[UUID]) -> None:
        """Ends the access tokens of sessions that were ended."""
        for session_id in session_ids:
            await self._revocations.revoke_session(session_id, self._wall())

    async def forget(self) -> None:
        """Deletes sessions that ended more than a week ago."""
        await repository.forget(self._database, self._now(), IDLE)

    async def _end(self, principal: Principal, whence: Whence, *, only: UUID | None = None, but: UUID | None = None) -> list[UUID]:
        async with self._database.transaction() as connection:
            ended = await repository.end(connection, owner(principal), self._now(), only=only, but=but)
            for session_id in ended:
                await self._audit.record(
                    "session.end", actor=principal, subject=str(session_id), client=whence.client, connection=connection
                )
        await self.revoke(ended)
        return ended

    async def _judge(self, connection: repository.Connection, trace: repository.Trace, whence: Whence, now: datetime) -> list[UUID]:
        """Ends the session of a token that came back, unless it is an honest tab that was late; what was ended."""
        if not trace.open or trace.used_at is None or _is_late_tab(trace, now):
            return []
        ended = await repository.end(connection, trace.account_id, now, only=trace.session_id)
        if ended:
            detail = {"account": trace.account_id, "device": whence.device}
            await self._audit.record(
                "session.reuse", actor=None, subject=str(trace.session_id), detail=detail, client=whence.client, connection=connection
            )
        return ended

    def _now(self) -> datetime:
        return datetime.fromtimestamp(self._wall(), UTC)


def _is_late_tab(trace: repository.Trace, now: datetime) -> bool:
    return trace.open and trace.used_at is not None and trace.has_the_tip_for_child and now - trace.used_at <= GRACE


def owner(principal: Principal) -> UUID:
    """The account of a person who is logged in; a key is not its owner. Raises Forbidden."""
    if principal.account_id is None or principal.means is not Means.TOKEN:
        raise Forbidden("This takes a person who is logged in, not a key.")
    return principal.account_id
