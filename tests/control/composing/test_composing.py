"""The composer at work with a real PostgreSQL: it never fails, whatever is away, and says how it stands."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any

import pytest
from asyncpg import Record

from control.composing.composing import Composing, Desk, Parts
from control.composing.ledger import PostgresLedger
from control.composing.memory import PostgresMemory
from control.composing.moment import Moments
from control.composing.standing import Standings
from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from control.errors import DatabaseAway
from control.pipeline.agents import Agent, agents_of
from control.receptions.crediting import Crediting
from generation.bandit.arm import Arm
from generation.composer.composer import RULES, Composer
from generation.composer.shelf import Shelf
from generation.composer.trends import Trends
from generation.llm.client import LlmClient
from generation.llm.ledger import CountingLedger
from generation.llm.provider import Provider
from tests.control.composing.test_outside import Blank
from tests.control.postgres import fresh_database
from tests.generation.composer.station import PROFILE
from tests.generation.composer.test_composer import FORM, choices
from tests.generation.llm.models import CHEAP, Models

pytestmark = pytest.mark.real
WALL = 1_800_000_000.0


class Broken:
    """A memory with a fault of ours in it."""

    async def arms(self, station: str, genre: str) -> Mapping[str, Arm]:
        raise ZeroDivisionError(f"{station} {genre}")


async def nothing() -> dict[str, float]:
    return {}


@dataclass
class Moving:
    """A database that is another one from time to time."""

    there: Database

    async def fetch(self, sql: str, *args: object) -> list[Record]:
        return await self.there.fetch(sql, *args)

    async def fetch_row(self, sql: str, *args: object) -> Record | None:
        return await self.there.fetch_row(sql, *args)

    async def fetch_value(self, sql: str, *args: object) -> Any:
        return await self.there.fetch_value(sql, *args)

    async def execute(self, sql: str, *args: object) -> str:
        return await self.there.execute(sql, *args)

    def transaction(self, seconds: float | None = None) -> AbstractAsyncContextManager[Any]:
        return self.there.transaction(seconds)


@dataclass
class Office:
    """A composer of one station over a database, with models that answer or do not."""

    database: Database | Moving
    models: Models = field(default_factory=Models)

    def composing(self, *providers: Provider, ideas_at_once: int = 1, broken: bool = False) -> Composing:
        memory = PostgresMemory(self.database)
        ledger = CountingLedger(PostgresLedger(self.database))
        client = LlmClient(providers, self.models, ledger, lambda: self.models.now, lambda: WALL) if providers else None
        moments = Moments(self.database, memory, Trends(nothing, lambda: 0.0), UTC, lambda: WALL)
        composer = Composer(PROFILE, Broken() if broken else memory, client, Shelf(lambda: WALL))
        desk = Desk(composer, Composer(PROFILE, Blank()))
        parts = Parts(self.database, memory, moments, Crediting(self.database, memory), ledger, 1_000_000, client)
        return Composing({"main": desk}, parts, lambda: WALL, ideas_at_once)

    async def noted(self) -> list[str]:
        rows = await self.database.fetch("SELECT brief_id FROM commissions ORDER BY composed_at, brief_id")
        return [row["brief_id"] for row in rows]


@asynccontextmanager
async def away() -> AsyncIterator[Database]:
    database = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        yield database
    finally:
        await database.close()


async def test_a_commission_is_given_noted_and_told() -> None:
    async with fresh_database() as database:
        office = Office(database, Models(answers={"cheap": [choices(FORM)]}))
        composing = office.composing(CHEAP)
        commission = await composing.compose("main", 0)
        assert commission.composed_by == "cheap small"
        assert await office.noted() == [commission.brief.id]
        await composing.step()
        agent, _ = (await agents_of(database, "main"))[Agent.COMPOSER]
        assert (agent.state, agent.figures["by_model_total"]) == ("idle", 1)
        assert agent.last_decision.startswith(f"house, {commission.variant}: ")
        assert FORM["theme"] not in agent.last_decision, "a model's words are for music models alone"
        told = await Standings(database).of("main")
        assert told is not None
        assert [one.name for one in told[0].providers] == ["cheap"]
        models = composing.models()
        assert models is not None
        assert (models.configured, models.awake) == (1, 1)
        by_name = {figure.name: figure.value for figure in composing.figures()}
        assert by_name["sonicforge_llm_budget_left_dollars"] == pytest.approx(1.0 - 170e-6)


async def test_several_ideas_are_had_at_once_and_serve_one_after_the_other() -> None:
    async with fresh_database() as database:
        techno = {**FORM, "genre": "techno", "bpm": 131}
        office = Office(database, Models(answers={"cheap": [choices(FORM), choices(techno), choices(FORM)]}))
        composing = office.composing(CHEAP, ideas_at_once=3)
        made = [await composing.compose("main", number) for number in range(3)]
        assert [one.brief.genre for one in made] == ["house", "techno", "house"]
        assert len(office.models.asked) == 3
        assert [one.name for one in composing.figures() if one.labels.get("idea") == "shelf" and one.value == 2]


async def test_with_the_database_away_it_composes_and_notes_it_when_it_is_back() -> None:
    async with away() as nowhere, fresh_database() as database:
        moving = Moving(nowhere)
        office = Office(moving, Models(answers={"cheap": [choices(FORM)]}))
        composing = office.composing(CHEAP)
        commission = await composing.compose("main", 0)
        assert commission.composed_by == RULES, "what cannot be booked is not spent"
        with pytest.raises(DatabaseAway):
            await composing.step()
        moving.there = database
        await composing.step()
        assert await office.noted() == [commission.brief.id]


async def test_a_fault_of_ours_costs_the_idea_and_not_the_brief() -> None:
    async with fresh_database() as database:
        office = Office(database)
        composing = office.composing(broken=True)
        commission = await composing.compose("main", 4)
        assert (commission.composed_by, composing.faults_total) == (RULES, 1)
        assert await office.noted() == [commission.brief.id]


async def test_it_runs_until_it_is_ended_through_an_absence_of_the_database() -> None:
    async with away() as nowhere:
        composing = Office(nowhere).composing()
        ended = asyncio.Event()
        running = asyncio.create_task(composing.run(ended))
        commission = await composing.compose("main", 0)
        ended.set()
        await asyncio.wait_for(running, 30.0)
        assert commission.composed_by == RULES
        assert composing.models() is None
        await composing.close()
