import asyncio
from collections import Counter

import pytest

from control.apikeys.service import Wish
from control.permissions import Permission
from tests.control.oauth.station import BASE, open_station

pytestmark = pytest.mark.real


async def test_who_is_logged_in_links_whatever_the_addresses_say() -> None:
    async with open_station() as station:
        person = await station.office.person(email="quite@another.example")
        came = await station.browser().link("spotify", person)
        assert came.headers["Location"] == "/account#oauth=linked&provider=spotify"
        assert await station.links() == [("spotify", "1001", person.id)]
        assert (await station.browser().log_in("spotify")).headers["Location"] == "/"
        listed = await (await person.ask("GET", f"{BASE}/links")).json()
        assert [(link["provider"], link["shown_as"]) for link in listed["items"]] == [("spotify", "Zoë")]
        assert [entry.event for entry in await station.office.entries("oauth")] == ["oauth.link"]


async def test_to_link_again_changes_nothing() -> None:
    async with open_station() as station:
        person = await station.office.person()
        for _ in range(2):
            assert (await station.browser().link("github", person)).headers["Location"].startswith("/account#oauth=linked")
        assert len(await station.links()) == 1
        assert len(await station.office.entries("oauth.link")) == 1


async def test_one_of_theirs_is_one_of_ours() -> None:
    async with open_station() as station:
        first, second = await station.office.person(), await station.office.person()
        await station.browser().link("github", first)
        assert (await station.browser().link("github", second)).headers["Location"] == "/account#oauth=taken&provider=github"
        station.house.person["sub"] = "1002"
        assert (await station.browser().link("github", first)).headers["Location"] == "/account#oauth=taken&provider=github"
        assert await station.links() == [("github", "1001", first.id)]


async def test_a_hundred_links_at_once_are_one() -> None:
    async with open_station() as station:
        people = [await station.office.person() for _ in range(4)]
        ways = []
        for number in range(100):
            browser, person = station.browser(), people[number % 4]
            office = station.office
            journey = await browser.post(f"{BASE}/github/link", {"return_to": "/"}, person.headers)
            if journey.status == 429:  # its own limit: a minute later
                office.watch.now += 60
                journey = await browser.post(f"{BASE}/github/link", {"return_to": "/"}, person.headers)
            ways.append((browser, await browser.away((await journey.json())["address"])))
        answers = await asyncio.gather(*(browser.get(way) for browser, way in ways))
        told = Counter(answer.headers["Location"] for answer in answers)
        assert told == {"/#oauth=linked&provider=github": 25, "/account#oauth=taken&provider=github": 75}
        assert len(await station.links()) == 1
        assert len(await station.office.entries("oauth.link")) == 1


async def test_a_key_links_nothing() -> None:
    async with open_station() as station:
        person = await station.office.person()
        scopes = frozenset({Permission.OWN_ACCOUNT_WRITE, Permission.OWN_ACCOUNT_READ})
        _, secret = await station.office.cabinet.keys.make(person.principal, Wish("x", scopes, (), 600, None), "")
        headers = {"Authorization": f"Bearer {secret.text}"}
        assert (await station.browser().post(f"{BASE}/github/link", {"return_to": "/"}, headers)).status == 403
        assert (await station.browser().post(f"{BASE}/github/link", {"return_to": "/"})).status == 401


async def test_unlinking_closes_the_door() -> None:
    async with open_station() as station:
        person = await station.office.person(email="zoe@example.org")
        await station.browser().link("google", person)
        assert (await person.ask("DELETE", f"{BASE}/google")).status == 204
        assert (await person.ask("DELETE", f"{BASE}/google")).status == 404
        assert (await station.browser().log_in("google")).headers["Location"] == "/account#oauth=link-first&provider=google"
        assert sorted(entry.event for entry in await station.office.entries("oauth")) == ["oauth.link", "oauth.unlink"]


async def test_the_last_way_in_stays() -> None:
    async with open_station() as station:
        person = await station.office.person()
        await station.browser().link("google", person)
        await station.browser().link("github", person)
        await station.office.database.execute("UPDATE accounts SET password_hash = NULL")
        answers = await asyncio.gather(*(person.ask("DELETE", f"{BASE}/{name}") for name in ("google", "github")))
        assert sorted(answer.status for answer in answers) == [204, 409]
        assert len(await station.links()) == 1


async def test_anothers_link_is_not_touched() -> None:
    async with open_station() as station:
        person, other = await station.office.person(), await station.office.person()
        await station.browser().link("google", person)
        assert (await other.ask("DELETE", f"{BASE}/google")).status == 404
        assert len(await station.links()) == 1
