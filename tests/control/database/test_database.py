"""The database as repositories use it: rows, transactions, refusals in time."""

import asyncio
import time

import pytest
from asyncpg import UndefinedTableError, UniqueViolationError

from control.database.database import Database, open_database
from control.database.failures import DatabaseBusy
from control.database.link import DatabaseLink
from control.errors import DatabaseAway
from tests.control.postgres import fresh_database

pytestmark = pytest.mark.real
HASTY = DatabaseLink("", connections=2, command_timeout_seconds=0.5, lock_timeout_seconds=0.2, slow_query_seconds=0.1)
TABLE = "create table things (name text primary key)"


async def test_rows() -> None:
    async with fresh_database() as database:
        await database.execute(TABLE)
        assert await database.execute("insert into things select 'thing ' || number from generate_series(1, 3) number") == "INSERT 0 3"
        assert len(await database.fetch("select name from things")) == 3
        row = await database.fetch_row("select name from things order by name limit 1")
        assert row is not None
        assert row["name"] == "thing 1"
        assert await database.fetch_row("select name from things where name = $1", "nothing") is None
        assert await database.fetch_value("select count(*) from things") == 3
        assert len(await database.read("select name from things")) == 3


async def insert_and_fail(database: Database) -> None:
    async with database.transaction() as connection:
        await connection.execute("insert into things values ('lost')")
        raise ZeroDivisionError


async def sleep_ten_times(database: Database) -> None:
    async with database.transaction() as connection:
        for _ in range(10):
            await connection.execute("select pg_sleep(0.2)")


async def test_transaction_is_whole_or_not_at_all() -> None:
    async with fresh_database() as database:
        await database.execute(TABLE)
        with pytest.raises(ZeroDivisionError):
            await insert_and_fail(database)
        async with database.transaction() as connection:
            await connection.execute("insert into things values ('kept')")
        assert [row["name"] for row in await database.fetch("select name from things")] == ["kept"]


async def test_what_is_wrong_with_a_statement_is_no_refusal() -> None:
    async with fresh_database(HASTY) as database:
        await database.execute(TABLE)
        await database.execute("insert into things values ('one')")
        for _ in range(5):
            with pytest.raises(UniqueViolationError):
                await database.execute("insert into things values ('one')")
        with pytest.raises(UndefinedTableError):
            await database.read("select * from nothing")
        assert not database.away
        assert database.report()["connections"] == 1


async def open_nothing(database: Database) -> None:
    async with database.transaction():
        raise FileNotFoundError


async def test_what_callers_do_in_a_transaction_is_their_own() -> None:
    async with fresh_database(HASTY) as database:
        with pytest.raises(FileNotFoundError):
            await open_nothing(database)
        assert not database.away


async def test_slow_statement_is_given_up_and_costs_no_connection() -> None:
    async with fresh_database(HASTY) as database:
        pid = await database.fetch_value("select pg_backend_pid()")
        began = time.monotonic()
        with pytest.raises(DatabaseBusy) as refused:
            await database.execute("select pg_sleep(10)")
        assert time.monotonic() - began < 2
        assert refused.value.retry_after_seconds
        assert await database.fetch_value("select pg_backend_pid()") == pid
        assert not database.away
        assert database.statistics.slow == 1


async def test_slow_transaction_is_given_up_as_a_whole() -> None:
    async with fresh_database(HASTY) as database:
        with pytest.raises(DatabaseBusy):
            await sleep_ten_times(database)
        async with database.transaction(seconds=5) as connection:
            await connection.execute("select pg_sleep(0.7)")
        assert await database.fetch_value("select current_setting('statement_timeout')") == "450ms"


async def test_somebody_elses_lock_is_not_waited_for() -> None:
    async with fresh_database(HASTY) as database:
        await database.execute(TABLE)
        async with database.transaction() as connection:
            await connection.execute("lock table things")
            began = time.monotonic()
            with pytest.raises(DatabaseBusy):
                await database.fetch("select * from things")
            assert time.monotonic() - began < 0.45


async def test_a_crowd_is_refused_in_time_and_leaves_nothing_behind() -> None:
    async with fresh_database(HASTY) as database:
        began = time.monotonic()
        answers = await asyncio.gather(*(database.execute("select pg_sleep(0.3)") for _ in range(300)), return_exceptions=True)
        assert time.monotonic() - began < 3
        assert sum(isinstance(answer, DatabaseBusy) for answer in answers) > 200
        assert all(isinstance(answer, str | DatabaseBusy) for answer in answers)
        async with asyncio.timeout(5):
            while await database.fetch_value("select 1") != 1:
                pass
        assert database.report()["connections"] <= 2


async def test_a_caller_who_gives_up_leaves_a_working_pool() -> None:
    async with fresh_database(HASTY) as database:
        for _ in range(5):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.05):
                    await database.execute("select pg_sleep(0.3)")
        assert await database.fetch_value("select 1") == 1


async def test_nobody_there_is_refused_at_once() -> None:
    database = await open_database(DatabaseLink("postgresql://sonicforge@127.0.0.1:1/sonicforge"))
    try:
        began = time.monotonic()
        for _ in range(100):
            with pytest.raises(DatabaseAway) as refused:
                await database.fetch("select 1")
            assert refused.value.retry_after_seconds
        assert time.monotonic() - began < 1
        assert database.away
    finally:
        await database.close()


async def test_one_who_accepts_and_says_nothing_is_given_up() -> None:
    """A black hole: the connection is taken and nothing ever comes."""
    silent = await asyncio.start_server(lambda _reader, _writer: asyncio.sleep(3600), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    database = await open_database(DatabaseLink(f"postgresql://sonicforge@127.0.0.1:{port}/x?sslmode=disable", command_timeout_seconds=0.3))
    try:
        began = time.monotonic()
        answers = await asyncio.gather(*(database.fetch("select 1") for _ in range(200)), return_exceptions=True)
        assert all(isinstance(answer, DatabaseAway) for answer in answers)
        assert time.monotonic() - began < 1.5
    finally:
        await database.close()
        silent.close()
