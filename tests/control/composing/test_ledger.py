"""The book in a real PostgreSQL: one budget for all who ask at once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date

import pytest

from control.composing.ledger import PostgresLedger
from control.composing.repository import calls_of_day, sum_of_day
from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from generation.llm.client import Limits, LlmClient
from generation.llm.errors import LedgerAway, NoAnswer
from generation.llm.ledger import Spent
from tests.control.postgres import fresh_database
from tests.generation.llm.choice import QUESTION
from tests.generation.llm.models import CHEAP, Models, completion

pytestmark = pytest.mark.real
TODAY, TOMORROW = date(2027, 1, 15), date(2027, 1, 16)
CALL = Spent("cheap", "small", 100, 20, 18, "valid")


@pytest.fixture
async def database() -> AsyncIterator[Database]:
    async with fresh_database() as one:
        yield one


async def test_many_at_once_fit_into_the_budget_exactly(database: Database) -> None:
    book = PostgresLedger(database)
    granted = await asyncio.gather(*(book.set_aside(TODAY, 30, 100) for _ in range(12)))
    assert sum(granted) == 3
    assert await sum_of_day(database, TODAY) == 90
    assert await book.set_aside(TODAY, 10, 100)
    assert not await book.set_aside(TODAY, 1, 100)
    assert await book.set_aside(TOMORROW, 100, 100)


async def test_more_than_the_budget_is_not_set_aside_on_an_empty_day(database: Database) -> None:
    assert not await PostgresLedger(database).set_aside(TODAY, 101, 100)
    assert await sum_of_day(database, TODAY) == 0


async def test_what_was_not_spent_comes_back_and_the_call_is_booked(database: Database) -> None:
    book = PostgresLedger(database)
    await book.set_aside(TODAY, 60, 100)
    await book.settle(TODAY, 60, CALL)
    await book.settle(TODAY, 0, CALL)
    assert await sum_of_day(database, TODAY) == 36
    [row] = await calls_of_day(database, TODAY)
    assert (row["provider"], row["ending"], row["calls"], row["tokens_in"], row["microdollars"]) == ("cheap", "valid", 2, 200, 36)
    assert await calls_of_day(database, TOMORROW) == []


async def test_two_clients_share_a_budget(database: Database) -> None:
    models = Models(answers={"cheap": [completion()]})
    clients = [
        LlmClient([CHEAP], models, PostgresLedger(database), lambda: 0.0, lambda: 1_800_000_000.0, Limits(budget_microdollars_a_day=600))
        for _ in range(2)
    ]
    ended = [await ends(clients[number % 2]) for number in range(40)]
    assert ended.count("valid") * 18 == await sum_of_day(database, TODAY) <= 600
    assert 5 <= ended.count("valid") < 34
    assert "budget" in ended[-1]


async def ends(client: LlmClient) -> str:
    try:
        await client.ask(QUESTION)
    except NoAnswer as failure:
        return str(failure)
    return "valid"


async def test_while_the_database_is_away_nothing_is_spent() -> None:
    away = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing"))
    models = Models(answers={"cheap": [completion()]})
    try:
        book = PostgresLedger(away)
        with pytest.raises(LedgerAway):
            await book.settle(TODAY, 0, CALL)
        assert "cannot be booked" in await ends(LlmClient([CHEAP], models, book, lambda: 0.0, lambda: 1_800_000_000.0))
    finally:
        await away.close()
    assert models.asked == []
