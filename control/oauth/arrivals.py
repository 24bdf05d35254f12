"""A browser sets out to another house and comes back: the whole of logging in and of linking, without a word of HTTP.

Only a state that was begun here, by this browser, within ten minutes, and for the first time leads anywhere. From then on the person is
standing in our hall, so whatever goes wrong is told him on a page of ours and not as a problem.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog

from control.accounts import repository as accounts
from control.accounts.account import Account, State
from control.accounts.factors.factors import Factors
from control.accounts.sessions.sessions import Opened, Sessions, Whence
from control.audit.log import AuditLog
from control.database.database import Database
from control.errors import Malformed, NotFound, Refusal, Unauthenticated
from control.oauth.counterpart import Counterpart, Outbound
from control.oauth.failures import ProviderFailed
from control.oauth.half_way import HalfWay
from control.oauth.journey import Journey, Journeys
from control.oauth.linking import LinkFirst, Linking, TakenLink
from control.oauth.provider import Provider, ProviderName
from control.principal import ANONYMOUS

_log = structlog.get_logger(__name__)
HALL: Final = "/account"
"""The page that tells what came of it, by the part of its address that no server sees."""
LONGEST_CODE: Final = 2_048


@dataclass(frozen=True, slots=True)
class Answered:
    """What the provider had the browser say to us."""

    state: str
    code: str = ""
    error: str = ""
    issuer: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where the browser goes from here, and what it is given."""

    target: str
    opened: Opened | None = None


class Arrivals:
    """Logging in by other houses, of one front. `wall` tells UNIX seconds, `origin` is where the browser sees us: https://radio.example."""

    def __init__(
        self,
        providers: Sequence[Provider],
        outbound: Outbound,
        origin: str,
        journeys: Journeys,
        half_way: HalfWay,
        linking: Linking,
        database: Database,
        sessions: Sessions,
        factors: Factors,
        audit: AuditLog,
        wall: Callable[[], float],
    ) -> None:
        self._counterparts: Mapping[ProviderName, Counterpart] = {each.name: Counterpart(each, outbound, wall) for each in providers}
        self._origin = origin.rstrip("/")
        self._journeys = journeys
        self._half_way = half_way
        self._linking = linking
        self._database = database
        self._sessions = sessions
        self._factors = factors
        self._audit = audit

    @property
    def providers(self) -> list[Provider]:
        """Those that the operator has set up."""
        return [each.provider for each in self._counterparts.values()]

    async def set_out(self, name: ProviderName, account_id: UUID | None, return_to: str) -> tuple[str, str]:
        """(address, cookie): where to send the browser, and what it must still have when it comes back. Raises NotFound, ProviderFailed."""
        counterpart = self._counterpart(name)
        state, cookie, journey = await self._journeys.begin(name, account_id, return_to)
        return await counterpart.address(state, journey, self._redirect(name)), cookie

    async def arrive(self, name: ProviderName, answered: Answered, cookie: str | None, whence: Whence) -> Outcome:
        """What comes of an answer. Raises NotFound, and Malformed for one that belongs to no journey of this browser."""
        counterpart = self._counterpart(name)
        journey = await self._journeys.end(answered.state)
        if journey is None or journey.provider is not name or not journey.is_of(cookie):
            raise Malformed("This was not begun here, or too long ago; begin again.")
        try:
            return await self._arrive(counterpart, journey, answered, whence)
        except LinkFirst:
            return _told("link-first", name)
        except TakenLink:
            return _told("taken", name)
        except Unauthenticated:
            return _told("refused", name)
        except ProviderFailed as failure:
            _log.warning("a provider failed", provider=name, reason=failure.detail)
            return _told("failed", name)
        except Refusal as refusal:
            return _told(refusal.code, name)

    async def finish(self, ticket: str, code: str, whence: Whence) -> Opened:
        """Opens the session of somebody who is half way in, by his second factor. Raises Unauthenticated, WrongCode, TooMany."""
        account = await self._active(await self._half_way.account_of(ticket), whence)
        await self._factors.prove(account, code)
        if await self._half_way.take(ticket) is None:
            raise Unauthenticated
        return await self._sessions.open(account, whence, ("fed", "otp"), mfa=True)

    async def _arrive(self, counterpart: Counterpart, journey: Journey, answered: Answered, whence: Whence) -> Outcome:
        provider = counterpart.provider
        if answered.error:
            return _told("denied" if answered.error == "access_denied" else "failed", provider.name)
        if not answered.code or len(answered.code) > LONGEST_CODE or not await counterpart.answered(answered.issuer):
            raise ProviderFailed("its answer is not its own")
        stranger = await counterpart.who(answered.code, journey, self._redirect(provider.name))
        if journey.account_id is not None:
            account = await self._active(journey.account_id, whence)
            await self._linking.link(account.principal(), account.id, stranger, provider, whence.client)
            return Outcome(journey.return_to + f"#oauth=linked&provider={provider.name}")
        account = await self._active(await self._linking.account_of(stranger, provider, whence.client), whence)
        if account.has_second_factor:
            return Outcome(f"{HALL}#second-factor={await self._half_way.ticket(account.id)}")
        return Outcome(journey.return_to, await self._sessions.open(account, whence, ("fed",), mfa=False))

    async def _active(self, account_id: UUID | None, whence: Whence) -> Account:
        """The account, if it may be used. Raises Unauthenticated."""
        account = await accounts.by_id(self._database, account_id) if account_id is not None else None
        if account is None:
            raise Unauthenticated
        if account.state is not State.ACTIVE:
            await self._audit.record("oauth.refuse", actor=ANONYMOUS, subject=str(account_id), client=whence.client)
            raise Unauthenticated
        return account

    def _counterpart(self, name: ProviderName) -> Counterpart:
        if name not in self._counterparts:
            raise NotFound("This station has not set up that way to log in.")
        return self._counterparts[name]

    def _redirect(self, name: ProviderName) -> str:
        return f"{self._origin}/api/v1/auth/oauth/{name}/callback"


def _told(reason: str, name: ProviderName) -> Outcome:
    return Outcome(f"{HALL}#oauth={reason}&provider={name}")
