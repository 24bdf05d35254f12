"""Who listens to a running station behind a proxy: counted by session, told apart by address, and kept when they have gone."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession

from control.permissions import Role
from tests.control.listening.country_file import write_countries
from tests.listeners.people import people_of
from tests.listeners.station import RunningStation, running_station

pytestmark = [pytest.mark.real, pytest.mark.timeout(180)]
WITHIN_SECONDS = 30.0
"""A listener of HLS has gone after 12 s, and the book is written every five."""


@pytest.fixture(scope="module")
def proxied_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    """It believes the proxy beside it, and knows a few countries."""
    folder = tmp_path_factory.mktemp("audience")
    write_countries(folder / "countries.mmdb", {"203.0.113.0/24": "NZ", "198.51.100.0/24": "IS"})
    settings = {"SECURITY__TRUSTED_PROXIES": '["127.0.0.1"]', "AUDIENCE__COUNTRY_DATABASE": str(folder / "countries.mmdb")}
    with running_station(folder, STUDIO__ENABLED="false", LIVE__SOURCE_PORT="0", **settings) as station:
        station.until(lambda: "#setup=" in station.log.read_text(), 60, "the schema is up to date")
        yield station


@asynccontextmanager
async def stream(session: ClientSession, station: RunningStation, client: str, player: str) -> AsyncIterator[ClientResponse]:
    """Somebody who hears the mount; the first address is what he claims himself, the last what the proxy saw."""
    headers = {"X-Forwarded-For": f"192.0.2.200, {client}", "User-Agent": player}
    async with session.get(f"{station.base}/listen/main/radio.mp3", headers=headers) as answer:
        assert answer.status == 200
        await answer.content.readexactly(1_000)
        yield answer


async def play(session: ClientSession, station: RunningStation, client: str) -> None:
    """A player of HLS: the ladder, then a rung twice."""
    headers = {"X-Forwarded-For": client, "User-Agent": "hls.js"}
    async with session.get(f"{station.base}/hls/main/live.m3u8", headers=headers) as ladder:
        rung = next(line for line in (await ladder.text()).splitlines() if not line.startswith("#"))
    for _ in range(2):
        async with session.get(f"{station.base}/hls/main/{rung}", headers=headers) as answer:
            assert answer.status == 200
        await asyncio.sleep(1.2)  # a player's pace; what it hears is at least a second


async def test_listeners_are_counted_told_and_kept(proxied_station: RunningStation) -> None:
    station = proxied_station
    async with people_of(station) as people, ClientSession() as session, AsyncExitStack() as hearing:
        operator = {"Authorization": f"Bearer {await people.token(Role.ADMIN)}"}

        async def told() -> dict[str, Any]:
            async with session.get(f"{station.base}/api/v1/stations/main/listeners", headers=operator) as answer:
                found: dict[str, Any] = await answer.json()
                return found

        for client, player in (("203.0.113.7", "vlc"), ("203.0.113.7", "mpv"), ("198.51.100.9", "vlc"), ("192.0.2.1", "vlc")):
            await hearing.enter_async_context(stream(session, station, client, player))
        await asyncio.gather(*(play(session, station, client) for client in ("203.0.113.7", "203.0.113.7", "198.51.100.9")))
        now = await told()
        assert (now["total"], now["unique"]) == (7, 6), "the two players of HLS in one household are one person"
        assert now["by_output"] == {"icy": 4, "hls": 3}
        assert now["by_country"] == {"NZ": 4, "IS": 2, "ZZ": 1}
        assert len(now["sessions"]) == 7
        await hearing.aclose()

        async def kept() -> int:
            return int(await people.database.fetch_value("SELECT count(*) FROM listening"))

        async with asyncio.timeout(WITHIN_SECONDS):
            while await kept() < 7:  # noqa: ASYNC110 -- the book is another process's
                await asyncio.sleep(0.2)
        rows = await people.database.fetch("SELECT output, country, seconds, who FROM listening")
        assert sorted((row["output"], row["country"] or "") for row in rows) == [
            *[("hls", "IS"), ("hls", "NZ"), ("hls", "NZ")],
            *[("icy", ""), ("icy", "IS"), ("icy", "NZ"), ("icy", "NZ")],
        ]
        assert len({bytes(row["who"]) for row in rows}) == 6
        assert min(row["seconds"] for row in rows) >= 1.0
        assert (await told())["total"] == 0
    assert not leaks(station.folder, b"203.0.113.7")


def leaks(folder: Path, address: bytes) -> list[Path]:
    """Files of the state in which an address stands, the database's among them."""
    return [path for path in (folder / "state").rglob("*") if path.is_file() and not path.is_symlink() and address in path.read_bytes()]
