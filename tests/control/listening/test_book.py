"""The book of listening, with a real PostgreSQL and with one that is away."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from control.errors import DatabaseAway
from control.listening.book import BATCH, ListeningBook
from server.nowplaying.listeners import Listeners, Listening, Place
from tests.control.postgres import fresh_database
from tests.server.until import until

BEGAN = 1_800_000_000.0
MP3 = Place("main", "icy", "radio.mp3")


def heard(number: int, country: str | None = "NZ", place: Place = MP3) -> Listening:
    return Listening(place, country, BEGAN + number, 60.0 + number, number.to_bytes(16, "big"))


class Away:
    """A database that answers only when it is told to."""

    def __init__(self) -> None:
        self.away = True
        self.rows = 0
        self.asked = 0

    async def execute(self, sql: str, *args: object) -> str:
        self.asked += 1
        if self.away:
            raise DatabaseAway
        if not sql.lstrip().startswith("INSERT"):
            return "DELETE 0"
        stations = args[0]
        assert isinstance(stations, list)
        self.rows += len(stations)
        return f"INSERT 0 {len(stations)}"


@pytest.mark.real
async def test_what_has_ended_stands_in_the_table_once() -> None:
    async with fresh_database() as database:
        book = ListeningBook()
        for number in range(BATCH + 5):
            book.take(heard(number, country=None if number else "IS"))
        assert await book.write(database) == BATCH + 5
        book.take(heard(0, country="IS"))
        await book.write(database)
        rows = await database.fetch("SELECT * FROM listening ORDER BY began_at")
        assert len(rows) == BATCH + 5
        first = dict(rows[0])
        assert first == {
            "station": "main",
            "output": "icy",
            "mount": "radio.mp3",
            "country": "IS",
            "began_at": datetime.fromtimestamp(BEGAN, UTC),
            "seconds": 60.0,
            "who": bytes(16),
        }
        assert rows[1]["country"] is None


@pytest.mark.real
async def test_what_is_too_old_goes() -> None:
    async with fresh_database() as database:
        book = ListeningBook()
        for number in range(10):
            book.take(heard(number))
        await book.write(database)
        assert await book.forget(database, datetime.fromtimestamp(BEGAN + 7, UTC)) == 7
        assert await database.fetch_value("SELECT count(*) FROM listening") == 3


async def test_while_the_database_is_away_it_waits_in_its_order() -> None:
    book, database = ListeningBook(), Away()
    for number in range(3):
        book.take(heard(number))
    for _ in range(2):
        with pytest.raises(DatabaseAway):
            await book.write(database)
    book.take(heard(3))
    assert len(book) == 4
    database.away = False
    assert await book.write(database) == 4
    assert (len(book), database.rows, book.lost) == (0, 4, 0)


async def test_what_finds_no_room_is_counted_and_the_oldest_goes() -> None:
    book, database = ListeningBook(most_waiting=3), Away()
    for number in range(5):
        book.take(heard(number))
    assert (len(book), book.lost) == (3, 2)
    database.away = False
    assert await book.write(database) == 3


async def test_it_writes_beside_serving_and_a_last_time_at_the_end() -> None:
    book, database = ListeningBook(), Away()
    database.away = False
    now = 100.0
    ledger = Listeners(lambda: now, lambda: BEGAN + now, ended=book.take)
    hls = Place("main", "hls", "live.m3u8")
    ledger.called(hls, "a", "hls.js")
    now += 8
    ledger.called(hls, "a", "hls.js")
    running = asyncio.create_task(book.run(database, ledger.sweep, timedelta(days=90), lambda: BEGAN))
    await until(lambda: database.asked > 0)
    assert database.rows == 0, "he still listens"
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert database.rows == 1, "the front ends, and so does what he heard of it"


async def test_an_end_without_a_database_is_an_end() -> None:
    book, database = ListeningBook(), Away()
    book.take(heard(1))
    running = asyncio.create_task(book.run(database, Listeners().sweep, timedelta(days=90), lambda: BEGAN))
    await until(lambda: database.asked > 0)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert len(book) == 1
