"""Bookings told as they change, to those whose business they are, over a real PostgreSQL."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any
from uuid import UUID

import pytest
from asyncpg import Record

from control.errors import DatabaseAway
from control.permissions import Role
from control.pipeline.feed import AWAY, BookingFeed
from tests.control.jobs.works import ended, working
from tests.control.pipeline.house import House, Workshop, house
from tests.control.pipeline.test_duty import duties
from tests.control.stations.obedient import person

pytestmark = pytest.mark.real
WISH = {"genre": "house", "seconds": 60}


class Chair:
    """Somebody who watches."""

    def __init__(self) -> None:
        self.events: list[bytes] = []
        self._news = asyncio.Event()

    def tell(self, event: bytes) -> None:
        self.events.append(event)
        self._news.set()

    async def until(self, state: str, seconds: float = 30.0) -> dict[str, Any]:
        """The latest word of a booking in that state."""
        async with asyncio.timeout(seconds):
            while True:
                for told in reversed([json.loads(event) for event in self.events]):
                    if told["event"] == state or told.get("booking", {}).get("state") == state:
                        found: dict[str, Any] = told.get("booking", told)
                        return found
                self._news.clear()
                await self._news.wait()


class Asleep:
    """A database that answers when it is woken."""

    def __init__(self, one: House) -> None:
        self._database = one.database
        self.away = False

    async def fetch(self, sql: str, *args: object) -> list[Record]:
        if self.away:
            raise DatabaseAway
        return await self._database.fetch(sql, *args)

    read = fetch

    async def fetch_row(self, sql: str, *args: object) -> Record | None:
        return await self._database.fetch_row(sql, *args)

    async def fetch_value(self, sql: str, *args: object) -> Any:
        return await self._database.fetch_value(sql, *args)

    async def execute(self, sql: str, *args: object) -> str:
        return await self._database.execute(sql, *args)


@asynccontextmanager
async def feeding(one: House) -> AsyncIterator[tuple[BookingFeed, Asleep]]:
    database = Asleep(one)
    feed = BookingFeed(database, "main", lambda: 0.0, look_seconds=0.05)
    running = asyncio.create_task(feed.run())
    try:
        yield feed, database
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def test_a_booking_is_told_from_its_turn_to_its_take() -> None:
    async with house() as one, feeding(one) as (feed, _):
        mine, everybodys, nobodys = Chair(), Chair(), Chair()
        feed.sit(mine, person(Role.USER))
        feed.sit(everybodys, person(Role.DJ))
        feed.sit(nobodys, person(Role.API_CLIENT))
        told, workshop = await one.booked("user", WISH), Workshop()
        assert (await mine.until("queued"))["id"] == told["id"]
        workshop.hold.clear()
        async with working(one.database, one.url, *duties(workshop)):
            assert (await mine.until("running"))["mine"] is True
            workshop.hold.set()
            await ended(one.jobs, UUID(told["id"]))
        done = await mine.until("done")
        assert (done["progress"], done["take"]["title"]) == (1.0, f"Take {done['brief']['seed']}")
        assert (await everybodys.until("done"))["mine"] is False
        assert nobodys.events == []
        assert len(mine.events) == len(set(mine.events)), "what has not changed is not told again"


async def test_who_comes_late_is_told_all_there_is_and_who_goes_nothing_more() -> None:
    async with house() as one, feeding(one) as (feed, _):
        await one.booked("user", WISH)
        first, second = Chair(), Chair()
        feed.sit(first, person(Role.USER))
        await first.until("queued")
        feed.rise(first)
        feed.sit(second, person(Role.ADMIN))
        await second.until("queued")
        await one.booked("user", {**WISH, "bpm": 120})
        async with asyncio.timeout(30):
            while len(second.events) < 2:  # noqa: ASYNC110 -- the chair's news are awaited above by state, here by number
                await asyncio.sleep(0.02)
        assert (len(feed), len(first.events)) == (1, 1)
        feed.rise(second)
        assert len(feed) == 0


async def test_a_database_that_goes_is_said_once_and_its_return_brings_the_news() -> None:
    async with house() as one, feeding(one) as (feed, database):
        chair = Chair()
        database.away = True
        feed.sit(chair, person(Role.DJ))
        await chair.until("away")
        await one.booked("user", WISH)
        database.away = False
        await chair.until("queued")
        assert chair.events.count(AWAY) == 1
