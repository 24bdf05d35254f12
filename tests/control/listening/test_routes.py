"""Who listens, as the API tells it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from control.api.operation import operations
from control.listening.routes import MOST_SHOWN, ListenerAddresses
from control.permissions import Role
from server.nowplaying.listeners import Listeners, Place
from tests.control.stations.obedient import bearer, office

ADDRESS = "/api/v1/stations/main/listeners"
BEGAN = 1_800_000_000.0
MP3, HLS = Place("main", "icy", "radio.mp3"), Place("main", "hls", "live.m3u8")


class Known:
    """A database of countries that is there, or not."""

    def __init__(self, known: bool) -> None:
        self.known = known


@asynccontextmanager
async def house(ledger: Listeners, *, countries: bool = True) -> AsyncIterator[TestClient[Request, Application]]:
    async with office(operations(ListenerAddresses({"main", "night"}, ledger, Known(countries)))) as client:
        yield client


async def test_total_unique_outputs_countries_and_who_came_last() -> None:
    now = 0.0
    ledger = Listeners(lambda: now, lambda: BEGAN + now, {"a": "NZ"}.get)
    async with house(ledger) as client:
        with ledger.listening(MP3, "a", "vlc"):
            now = 30.0
            ledger.called(HLS, "a", "vlc")
            ledger.called(HLS, "b", "hls.js")
            now = 31.25
            told = await (await client.get(ADDRESS, headers=bearer(Role.ADMIN))).json()
            night = await (await client.get("/api/v1/stations/night/listeners", headers=bearer(Role.MODERATOR))).json()
    assert (told["total"], told["unique"]) == (3, 2)
    assert told["by_output"] == {"hls": 2, "icy": 1}
    assert told["by_country"] == {"NZ": 2, "ZZ": 1}
    assert [session["output"] for session in told["sessions"]] == ["hls", "hls", "icy"]
    assert told["sessions"][2] == {"output": "icy", "mount": "radio.mp3", "country": "NZ", "since": "2027-01-15T08:00:00Z", "seconds": 31.2}
    assert night == {"total": 0, "unique": 0, "by_output": {}, "by_country": {}, "sessions": []}


async def test_without_a_database_of_countries_there_are_none() -> None:
    ledger = Listeners()
    async with house(ledger, countries=False) as client:
        ledger.called(HLS, "192.0.2.77", "hls.js")
        answer = await client.get(ADDRESS, headers=bearer(Role.ADMIN))
        told = await answer.json()
    assert (told["total"], told["by_country"], told["sessions"][0]["country"]) == (1, None, None)


async def test_nobodys_address_is_told_and_of_many_the_last() -> None:
    ledger = Listeners()
    async with house(ledger) as client:
        for number in range(MOST_SHOWN + 5):
            ledger.called(HLS, "192.0.2.77", f"secret player {number}")
        text = await (await client.get(ADDRESS, headers=bearer(Role.ADMIN))).text()
    assert "192.0.2.77" not in text
    assert "secret player" not in text
    assert text.count('"since"') == MOST_SHOWN


@pytest.mark.parametrize(("role", "status"), [(Role.ADMIN, 200), (Role.MODERATOR, 200), (Role.DJ, 403), (Role.VIEWER, 403)])
async def test_who_may_read_it(role: Role, status: int) -> None:
    async with house(Listeners()) as client:
        assert (await client.get(ADDRESS, headers=bearer(role))).status == status
        assert (await client.get("/api/v1/stations/nobody/listeners", headers=bearer(Role.ADMIN))).status == 404
