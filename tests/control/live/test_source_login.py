"""The door for broadcasting programs, with real accounts and keys."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import pytest
from aiohttp.test_utils import make_mocked_request
from asyncpg import Record

from control.accounts.throttle import TRIES
from control.apikeys import repository as keys
from control.apikeys.key_ring import KeyRing
from control.apikeys.last_use import LastUses
from control.apikeys.presented import new_secret
from control.database.database import Database
from control.database.link import DatabaseLink
from control.errors import DatabaseAway
from control.identity.request import CLIENT, PRINCIPAL
from control.live.callers import Callers
from control.live.djs import Djs
from control.live.source_login import USE_A_KEY, SourceLogin
from control.permissions import Permission, Role
from control.principal import ANONYMOUS, Principal, of_role
from control.tiers import Tier
from server.live.login import Dj, LoginRefused
from tests.control.accounts.reception import EMAIL, PASSWORD, Desk, open_desk
from tests.control.stations.obedient import Ledger

pytestmark = pytest.mark.real
PEPPER = bytes(range(32))
CLIENT_ADDRESS = "192.0.2.55"
WRONG = "tin-heron-noon"


@dataclass
class Tries:
    """Counts wrong keys, and shuts out when it is told to."""

    counted: list[str] = field(default_factory=list)
    wait_seconds: float = 0.0

    async def spent(self, network: str) -> float:
        del network
        return self.wait_seconds

    async def count(self, network: str) -> None:
        self.counted.append(network)


@dataclass
class Door:
    """The login, and all that a test may look at."""

    desk: Desk
    login: SourceLogin
    tries: Tries
    ledger: Ledger
    let_in: list[tuple[Principal, str]]

    async def refused(self, user: str, password: str) -> tuple[int, str]:
        with pytest.raises(LoginRefused) as refusal:
            await self.login("main", user, password, CLIENT_ADDRESS)
        assert not password or password not in refusal.value.reason
        return refusal.value.status, refusal.value.reason

    async def enter(self, user: str, password: str) -> Dj:
        return await self.login("main", user, password, CLIENT_ADDRESS)

    async def key(self, account_id: str, *scopes: Permission) -> str:
        secret, now = new_secret(), datetime.now(UTC)
        async with self.desk.database.transaction() as connection:
            key_id = await keys.add(connection, UUID(account_id), "a studio's", frozenset(scopes), (), 6_000, None, now)
            await keys.add_secret(connection, key_id, secret.prefix, secret.digest(PEPPER), now)
        return secret.text

    async def name(self, name: str) -> None:
        await self.desk.database.execute("UPDATE accounts SET name = $1", name)


@asynccontextmanager
async def door(*, throttled: bool = False) -> AsyncIterator[Door]:
    async with open_desk(throttled=throttled) as desk:
        ring = KeyRing(desk.database, desk.kv, PEPPER, LastUses(desk.database, desk.watch.wall), desk.watch.wall)
        tries, ledger, let_in = Tries(), Ledger(), list[tuple[Principal, str]]()
        djs = Djs(desk.database, lambda principal, client: let_in.append((principal, client)))
        yield Door(desk, SourceLogin(desk.reception.proof, ring, tries, djs, ledger), tries, ledger, let_in)


@pytest.mark.parametrize(("role", "priority"), [(Role.DJ, 50), (Role.ADMIN, 80), (Role.SUPERADMIN, 80)])
async def test_an_account_comes_in_by_address_and_password(role: Role, priority: int) -> None:
    async with door() as one:
        account_id = await one.desk.account(role=role)
        await one.name("Ada\u202e Lang")
        assert await one.enter(EMAIL.upper(), PASSWORD) == Dj("Ada Lang", account_id, priority)
        [(principal, client)] = one.let_in
        assert (str(principal.account_id), client) == (account_id, CLIENT_ADDRESS)
        assert await one.desk.events("login.succeed") == [], "no session was opened"


async def test_a_program_that_knows_no_user_sends_both_as_the_password() -> None:
    async with door() as one:
        account_id = await one.desk.account(role=Role.DJ)
        assert (await one.enter("source", f"{EMAIL}:{PASSWORD}")).account_id == account_id
        assert (await one.enter("", f"{EMAIL}:{PASSWORD}")).account_id == account_id
        assert (await one.refused("source", PASSWORD))[0] == 401


async def test_nobodys_address_is_told_to_listeners() -> None:
    async with door() as one:
        await one.desk.account(role=Role.DJ)
        assert (await one.enter(EMAIL, PASSWORD)).name == "DJ"


async def test_wrong_and_unknown_are_one_refusal_that_is_written_down() -> None:
    async with door() as one:
        await one.desk.account(role=Role.DJ)
        answers = {await one.refused(EMAIL, WRONG), await one.refused("nobody@example.org", PASSWORD), await one.refused("", "")}
        assert len(answers) == 1
        assert answers.pop()[0] == 401
        refused = await one.desk.events("login.refuse")
        assert {event["subject"] for event in refused} == {EMAIL, "nobody@example.org", ""}
        assert {event["client"] for event in refused} == {CLIENT_ADDRESS}


async def test_the_same_patience_as_at_the_other_door() -> None:
    async with door(throttled=True) as one:
        await one.desk.account(role=Role.DJ)
        times = TRIES["login-account"][0].times
        assert [(await one.refused(EMAIL, WRONG))[0] for _ in range(times + 1)] == [401] * times + [429]
        assert (await one.refused(EMAIL, PASSWORD))[0] == 429
        answer = await one.desk.post("login", {"email": EMAIL, "password": PASSWORD})
        assert answer.status == 429, "both doors count together"


@pytest.mark.parametrize("role", [Role.USER, Role.VIEWER, Role.MODERATOR, Role.API_CLIENT])
async def test_who_may_not_take_over_is_told_so_and_it_is_written_down(role: Role) -> None:
    async with door() as one:
        await one.desk.account(role=role)
        status, reason = await one.refused(EMAIL, PASSWORD)
        assert (status, "station:live:takeover" in reason) == (403, True)
        assert [(event, subject) for event, _, subject, _ in one.ledger.entries] == [("live.refuse", "main")]
        assert one.let_in == []


async def test_who_has_a_second_factor_uses_a_key() -> None:
    async with door() as one:
        account_id = await one.desk.account(role=Role.DJ)
        held = await one.desk.login()
        await one.desk.with_factor(held)
        assert await one.refused(EMAIL, PASSWORD) == (403, USE_A_KEY)
        assert (await one.refused(EMAIL, WRONG))[0] == 401, "only who knows the password learns it"
        key = await one.key(account_id, Permission.STATION_LIVE_TAKEOVER)
        assert (await one.enter("source", key)).account_id == account_id


async def test_a_key_opens_under_any_name_as_far_as_its_scopes_reach() -> None:
    async with door() as one:
        account_id = await one.desk.account(role=Role.DJ)
        await one.name("Ada Lang")
        key = await one.key(account_id, Permission.STATION_LIVE_TAKEOVER)
        assert await one.enter("whoever", key) == Dj("Ada Lang", account_id, 50)
        other = await one.key(account_id, Permission.STATION_CONTROL_SKIP)
        assert (await one.refused("source", other))[0] == 403
        assert one.tries.counted == []


async def test_wrong_keys_are_counted_and_then_not_even_looked_at() -> None:
    async with door() as one:
        assert (await one.refused("source", new_secret().text))[0] == 401
        assert (await one.refused("source", "sf_nonsense"))[0] == 401
        assert one.tries.counted == [CLIENT_ADDRESS] * 2
        one.tries.wait_seconds = 30.0
        key = await one.key(await one.desk.account(role=Role.DJ), Permission.STATION_LIVE_TAKEOVER)
        assert (await one.refused("source", key))[0] == 429


async def test_a_suspended_dj_stays_outside() -> None:
    async with door() as one:
        await one.desk.account(role=Role.DJ)
        await one.desk.reception.roster.suspend(None, await one.desk.reception.roster.of_email(EMAIL))
        assert await one.refused(EMAIL, PASSWORD) == (403, "This account is suspended.")


@pytest.mark.parametrize("user", ["nul\0inside@example.org", "\ud800@example.org", "x" * 5_000])
async def test_what_is_no_address_is_a_wrong_one(user: str) -> None:
    async with door() as one:
        assert (await one.refused(user, PASSWORD))[0] == 401


async def test_with_the_database_away_it_says_so() -> None:
    async with open_desk(url="postgresql://nobody@127.0.0.1:1/nothing") as desk:
        ring = KeyRing(desk.database, desk.kv, PEPPER, LastUses(desk.database, desk.watch.wall), desk.watch.wall)
        login = SourceLogin(desk.reception.proof, ring, Tries(), Djs(desk.database, lambda *_: None), Ledger())
        for password in (PASSWORD, new_secret().text):
            with pytest.raises(LoginRefused) as refusal:
                await login("main", EMAIL, password, CLIENT_ADDRESS)
            assert refusal.value.status == 503


def request_by(principal: Principal) -> object:
    request = make_mocked_request("POST", "/whip/main")
    request[PRINCIPAL], request[CLIENT] = principal, CLIENT_ADDRESS
    return request


async def test_a_caller_by_whip_is_named_by_whom_the_guard_has_recognised() -> None:
    async with door() as one:
        account_id = await one.desk.account(role=Role.DJ)
        await one.name("Ada Lang")
        principal = of_role(UUID(account_id), Role.DJ, Tier.FREE)
        callers = Callers(one.login.djs)
        assert await callers(request_by(principal)) == Dj("Ada Lang", account_id, 50)  # type: ignore[arg-type]
        assert one.let_in == [(principal, CLIENT_ADDRESS)]
        with pytest.raises(LoginRefused) as refusal:
            await callers(request_by(ANONYMOUS))  # type: ignore[arg-type]
        assert refusal.value.status == 403


class Fickle(Database):
    """A database that goes away when it is told to."""

    def __init__(self, real: Database) -> None:
        super().__init__(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing"))
        self.is_away = False
        self._real = real

    async def fetch_row(self, sql: str, *args: object) -> Record | None:
        if self.is_away:
            raise DatabaseAway
        return await self._real.fetch_row(sql, *args)


async def test_a_name_is_known_while_the_database_is_not() -> None:
    async with door() as one:
        known = of_role(UUID(await one.desk.account(role=Role.DJ)), Role.DJ, Tier.FREE)
        unknown = of_role(UUID(int=7), Role.DJ, Tier.FREE)
        await one.name("Ada Lang")
        fickle = Fickle(one.desk.database)
        djs = Djs(fickle, lambda *_: None)
        assert (await djs.of(known, "")).name == "Ada Lang"
        fickle.is_away = True
        assert [(await djs.of(principal, "")).name for principal in (known, unknown)] == ["Ada Lang", "DJ"]
