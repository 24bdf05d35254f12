from dataclasses import fields

import pytest

from control.identity.cookies import PLAIN
from tests.control.oauth.provider import Manners
from tests.control.oauth.station import BASE, Browser, Station, open_station

pytestmark = pytest.mark.real
NOW = 1_800_000_000


async def refused(station: Station, provider: str = "google", reason: str = "failed") -> None:
    """The whole way there and back leads to nothing."""
    browser = station.browser()
    came = await browser.log_in(provider)
    assert came.headers["Location"] == f"/account#oauth={reason}&provider={provider}"
    assert PLAIN not in browser.cookies
    assert await station.accounts() == 0


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": ""},
        {"iss": "https://mallory.example"},
        {"iss": "https://accounts.google.com.mallory.example"},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": ["station-1", "another-client"], "azp": "another-client"},
        {"azp": "another-client"},
        {"exp": NOW - 61},
        {"iat": NOW - 1_000},
        {"iat": NOW + 1_000},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"exp": "never"},
    ],
)
async def test_an_id_token_that_is_not_for_us(claims: dict[str, object]) -> None:
    async with open_station() as station:
        station.house.manners.claims = claims
        await refused(station)


@pytest.mark.parametrize(
    "manner",
    [
        "unsigned",
        "signed_with_the_public_key",
        "names_another_issuer",
        "answers_much",
        "answers_nonsense",
        "redirects",
    ],
)
async def test_a_house_without_manners(manner: str) -> None:
    assert manner in {each.name for each in fields(Manners)}
    async with open_station() as station:
        setattr(station.house.manners, manner, True)
        await refused(station)


async def test_an_answer_that_must_name_its_house_and_does_not() -> None:
    async with open_station() as station:
        station.house.manners.names_itself = False
        await refused(station)


async def test_a_configuration_of_another_house() -> None:
    async with open_station() as station:
        station.house.manners.discovers_another = True
        assert (await station.browser().get(f"{BASE}/google/start")).status == 503


async def test_an_unknown_key_is_asked_for_once_a_minute() -> None:
    async with open_station() as station:
        await station.browser().log_in("google")
        asked = station.house.asked_for_keys
        station.house.kid = "key-2"  # rotated
        await refused_again(station)
        assert station.house.asked_for_keys == asked
        station.office.watch.now += 61
        assert (await station.browser().log_in("google")).headers["Location"] == "/"
        assert station.house.asked_for_keys == asked + 1


async def refused_again(station: Station) -> None:
    assert (await station.browser().log_in("google")).headers["Location"] == "/account#oauth=failed&provider=google"


async def test_a_person_who_says_no() -> None:
    async with open_station() as station:
        station.house.manners.denies = True
        await refused(station, "github", "denied")


async def test_github_says_no_with_200() -> None:
    async with open_station() as station:
        browser = station.browser()
        back = await browser.away((await browser.get(f"{BASE}/github/start")).headers["Location"])
        station.house.codes.clear()
        assert (await browser.get(back)).headers["Location"] == "/account#oauth=failed&provider=github"
        assert station.house.refused == ["invalid_grant"]


async def test_a_stolen_code_is_worth_nothing_without_its_verifier() -> None:
    async with open_station() as station:
        victim, thief = station.browser(), station.browser()
        back = await victim.away((await victim.get(f"{BASE}/github/start")).headers["Location"])
        code = back.partition("code=")[2].partition("&")[0]
        own = await thief.away((await thief.get(f"{BASE}/github/start")).headers["Location"])
        own_code = own.partition("code=")[2].partition("&")[0]
        came = await thief.get(own.replace(own_code, code))
        assert came.headers["Location"] == "/account#oauth=failed&provider=github"
        assert station.house.refused == ["invalid_grant"]
        assert PLAIN not in thief.cookies


async def test_a_replayed_code_finds_no_journey_even_if_the_house_would_take_it() -> None:
    async with open_station() as station:
        station.house.manners.replays_codes = True
        browser = station.browser()
        back = await browser.away((await browser.get(f"{BASE}/github/start")).headers["Location"])
        cookies = dict(browser.cookies)
        assert (await browser.get(back)).status == 303
        assert (await Browser(station, cookies).get(back)).status == 400


async def test_the_redirect_is_exactly_the_registered_one() -> None:
    async with open_station() as station:
        station.house.redirects.clear()
        browser = station.browser()
        started = await browser.get(f"{BASE}/github/start")
        async with station.net.get(started.headers["Location"], allow_redirects=False) as answer:
            assert answer.status == 400
        assert station.house.refused == ["redirect_uri_mismatch"]


async def test_a_house_that_is_gone() -> None:
    async with open_station() as station:
        browser = station.browser()
        back = await browser.away((await browser.get(f"{BASE}/github/start")).headers["Location"])
        station.house.manners.answers_nonsense = True
        assert (await browser.get(back)).headers["Location"] == "/account#oauth=failed&provider=github"
