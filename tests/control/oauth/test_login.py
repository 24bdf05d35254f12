import asyncio
from collections import Counter

import pyotp
import pytest

from control.accounts import repository as accounts
from control.accounts.sessions.sessions import Whence
from control.identity.cookies import PLAIN
from control.oauth.provider import ProviderName
from control.principal import ANONYMOUS
from tests.control.oauth.provider import CLIENT
from tests.control.oauth.station import BASE, ORIGIN, Browser, Station, open_station

pytestmark = pytest.mark.real


async def test_only_what_is_set_up_is_offered() -> None:
    async with open_station([ProviderName.GITHUB]) as station:
        browser = station.browser()
        offers = await (await browser.get(BASE)).json()
        assert offers["items"] == [{"provider": "github", "title": "GitHub", "start": f"{BASE}/github/start"}]
        assert (await browser.get(f"{BASE}/google/start")).status == 404
        assert (await browser.get(f"{BASE}/nobody/start")).status == 404


@pytest.mark.parametrize("provider", ["google", "github"])
async def test_a_stranger_with_a_verified_address_becomes_an_account_and_is_logged_in(provider: str) -> None:
    async with open_station() as station:
        browser = station.browser()
        came = await browser.log_in(provider, "/dj/main")
        assert (came.status, came.headers["Location"]) == (303, "/dj/main")
        assert list(browser.cookies) == [PLAIN]
        ((_, subject, account_id),) = await station.links()
        assert subject == "1001"
        row = await station.office.database.fetch_row("SELECT * FROM accounts WHERE id = $1", account_id)
        assert row is not None
        assert (row["email"], row["role"], row["state"], row["password_hash"]) == ("zoe@example.org", "user", "active", None)
        assert [entry.event for entry in await station.office.entries("oauth")] == ["oauth.register"]
        assert [entry.detail["amr"] for entry in await station.office.entries("login.succeed")] == [["fed"]]
        assert station.house.refused == []


async def test_he_comes_back_as_himself_whatever_became_of_his_address() -> None:
    async with open_station() as station:
        await station.browser().log_in("google")
        station.house.person["email"] = "zoe@another.example"
        came = await station.browser().log_in("google")
        assert came.headers["Location"] == "/"
        assert await station.accounts() == 1


@pytest.mark.parametrize("provider", ["google", "github", "spotify"])
async def test_an_account_is_never_found_by_its_address(provider: str) -> None:
    async with open_station() as station:
        await station.office.person(email="zoe@example.org")
        browser = station.browser()
        came = await browser.log_in(provider)
        assert came.headers["Location"] == f"/account#oauth=link-first&provider={provider}"
        assert PLAIN not in browser.cookies
        assert await station.links() == []


async def test_an_address_that_nobody_proved_makes_no_account() -> None:
    async with open_station() as station:
        station.house.person["email_verified"] = False
        for provider in ("google", "github", "spotify"):  # Spotify proves none
            came = await station.browser().log_in(provider)
            assert came.headers["Location"] == f"/account#oauth=link-first&provider={provider}"
        assert await station.accounts() == 0


async def test_a_registration_that_was_never_proven_goes_to_who_proves_it() -> None:
    async with open_station() as station:
        squatter = await station.office.person(email="zoe@example.org", state="unverified")
        await station.browser().log_in("google")
        row = await station.office.database.fetch_row("SELECT state, password_hash FROM accounts WHERE id = $1", squatter.id)
        assert row is not None
        assert tuple(row) == ("active", None)


async def test_the_browser_must_be_the_one_that_set_out() -> None:
    async with open_station() as station:
        browser, victim = station.browser(), station.browser()
        back = await browser.away((await browser.get(f"{BASE}/google/start")).headers["Location"])
        await victim.get(f"{BASE}/google/start")
        assert (await victim.get(back)).status == 400
        assert PLAIN not in victim.cookies
        assert (await browser.get(back)).status == 400  # it was used


async def test_a_state_is_good_once_and_for_ten_minutes() -> None:
    async with open_station() as station:
        browser = station.browser()
        started = await browser.get(f"{BASE}/google/start")
        cookies = dict(browser.cookies)
        back = await browser.away(started.headers["Location"])
        assert (await browser.get(back)).status == 303
        browser.cookies = cookies
        assert (await browser.get(back)).status == 400
        assert (await browser.get(f"{BASE}/google/callback?state=forged&code=x")).status == 400
        assert started.cookies["sonicforge_oauth"]["max-age"] == "600"
        assert started.cookies["sonicforge_oauth"]["httponly"]
        assert started.cookies["sonicforge_oauth"]["samesite"] == "Lax"


async def test_a_state_of_one_house_is_none_of_another() -> None:
    async with open_station() as station:
        browser = station.browser()
        back = await browser.away((await browser.get(f"{BASE}/github/start")).headers["Location"])
        assert (await browser.get(back.replace("github", "google"))).status == 400


async def test_many_callbacks_with_one_state_log_in_once() -> None:
    async with open_station() as station:
        browser = station.browser()
        back = await browser.away((await browser.get(f"{BASE}/github/start")).headers["Location"])
        cookies = dict(browser.cookies)
        answers = await asyncio.gather(*(Browser(station, dict(cookies)).get(back) for _ in range(20)))
        assert Counter(answer.status for answer in answers) == {303: 1, 400: 19}


async def test_twenty_first_logins_of_one_person_make_one_account() -> None:
    async with open_station() as station:
        answers = await asyncio.gather(*(station.browser().log_in("github") for _ in range(20)))
        assert Counter(answer.status for answer in answers) == {303: 20}, [await answer.text() for answer in answers]
        assert {answer.headers["Location"] for answer in answers} == {"/"}
        assert await station.accounts() == 1
        assert len(await station.links()) == 1


@pytest.mark.parametrize(
    "away", ["//mallory.example", "https://mallory.example", "/\\mallory.example", "account", "", "/a%0d%0aSet-Cookie:x=1", "/a%23b"]
)
async def test_nobody_is_sent_away_in_the_end(away: str) -> None:
    async with open_station() as station:
        assert (await station.browser().get(f"{BASE}/google/start?return_to={away}")).status == 422


async def test_who_is_suspended_stays_out() -> None:
    async with open_station() as station:
        await station.browser().log_in("google")
        await station.office.database.execute("UPDATE accounts SET state = 'suspended'")
        browser = station.browser()
        assert (await browser.log_in("google")).headers["Location"] == "/account#oauth=refused&provider=google"
        assert PLAIN not in browser.cookies


async def test_the_second_factor_is_asked_for_all_the_same() -> None:
    async with open_station() as station:
        secret = await second_factor(station)
        browser = station.browser()
        came = await browser.log_in("google")
        path, _, ticket = came.headers["Location"].partition("#second-factor=")
        assert path == "/account"
        assert PLAIN not in browser.cookies
        assert (await browser.post(f"{BASE}/finish", {"ticket": ticket, "code": "000000"})).status == 403
        assert PLAIN not in browser.cookies
        station.office.watch.now += 60
        code = pyotp.TOTP(secret).at(int(station.office.watch.now))
        assert (await browser.post(f"{BASE}/finish", {"ticket": "forged", "code": code})).status == 401
        done = await browser.post(f"{BASE}/finish", {"ticket": ticket, "code": code})
        assert done.status == 200
        assert PLAIN in browser.cookies
        claims = station.office.tokens.read((await done.json())["access_token"], station.office.watch.now)
        assert (claims.mfa, claims.amr) == (True, ("fed", "otp"))
        station.office.watch.now += 60
        code = pyotp.TOTP(secret).at(int(station.office.watch.now))
        assert (await station.browser().post(f"{BASE}/finish", {"ticket": ticket, "code": code})).status == 401


async def second_factor(station: Station) -> str:
    """Gives the person who comes from Google one; its secret."""
    await station.browser().log_in("google")
    ((_, _, account_id),) = await station.links()
    account = await accounts.by_id(station.office.database, account_id)
    assert account is not None
    begun = await station.factors.begin(account)
    code = pyotp.TOTP(begun.secret).at(int(station.office.watch.now))
    await station.factors.confirm(ANONYMOUS, account, code, Whence("192.0.2.1", "test"))
    return begun.secret


async def test_no_secret_of_ours_leaves_in_an_address_or_stands_in_the_audit_log() -> None:
    async with open_station() as station:
        browser = station.browser()
        started = await browser.get(f"{BASE}/google/start")
        came = await browser.get(await browser.away(started.headers["Location"]))
        told = started.headers["Location"] + came.headers["Location"] + str(await station.office.entries())
        assert CLIENT.secret not in told
        assert browser.cookies[PLAIN] not in told
        assert f"redirect_uri={ORIGIN.replace(':', '%3A').replace('/', '%2F')}" in started.headers["Location"]
