"""Ideas ordered ahead: a real PostgreSQL, the house's real HTTP client, and a real server that misbehaves."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest

from control.composing.ledger import PostgresLedger
from control.composing.memory import PostgresMemory
from control.composing.moment import Moments
from control.composing.outside import Outside, own_network
from control.composing.plan import HOUR_SECONDS, Plan, Planned
from control.composing.repository import calls_of_day, sum_of_day
from control.database.database import Database
from control.outbound.http import OutboundHttp
from generation.composer.profile import Profile
from generation.composer.shelf import Shelf
from generation.composer.surroundings import Surroundings
from generation.composer.trends import Trends
from generation.llm.batch_client import BatchClient
from generation.llm.ledger import CountingLedger
from generation.llm.provider import Batching, Dialect
from tests.control.composing.llm_server import KEY, LlmServer, llm_server
from tests.control.postgres import fresh_database

pytestmark = pytest.mark.real
PROFILES = [Profile(name, (("house", 1.0), ("techno", 1.0)), seconds=(200.0, 280.0)) for name in ("main", "night-shift")]
IDEAS_AN_HOUR = 15


@dataclass
class House:
    """Everything that a plan needs, and time that goes on when it is told to."""

    server: LlmServer
    database: Database
    http: OutboundHttp
    now: float
    """UNIX seconds; the database lives by the same."""

    def wall(self) -> float:
        return self.now

    def plan(self, manner: str, batching: Batching = Batching.OPENAI, budget: int = 1_000_000, hours: int = 4) -> "Worker":
        """As a process that has just begun."""
        dialect = Dialect.ANTHROPIC if batching is Batching.ANTHROPIC else Dialect.OPENAI
        provider = replace(self.server.provider(manner, dialect=dialect), batching=batching)
        ledger = CountingLedger(PostgresLedger(self.database))
        client = BatchClient(provider, Outside(self.http), ledger, self.wall, budget)
        stations = {profile.station: Planned(profile, Shelf(self.wall)) for profile in PROFILES}
        moments = Moments(self.database, PostgresMemory(self.database), Trends(self._nothing, lambda: 0.0), UTC, self.wall)
        return Worker(Plan(self.database, client, ledger, stations, moments, UTC, self.wall, hours), stations, ledger)

    async def spent(self) -> int:
        return await sum_of_day(self.database, datetime.fromtimestamp(self.now, UTC).date())

    @staticmethod
    async def _nothing() -> dict[str, float]:
        return {}


@dataclass
class Worker:
    plan: Plan
    stations: dict[str, Planned]
    ledger: CountingLedger

    @property
    def ideas(self) -> int:
        return sum(len(one.shelf) for one in self.stations.values())


@asynccontextmanager
async def a_house() -> AsyncIterator[House]:
    async with llm_server() as server, fresh_database() as database:
        http = OutboundHttp(own_network([server.provider("good")]))
        try:
            yield House(server, database, http, datetime.now(UTC).timestamp())
        finally:
            await http.close()


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with a_house() as one:
        yield one


@pytest.mark.parametrize("batching", [Batching.OPENAI, Batching.ANTHROPIC])
async def test_hours_ahead_are_ordered_collected_and_paid_at_half_the_price(house: House, batching: Batching) -> None:
    worker = house.plan("good", batching)
    await worker.plan.step()
    [requests] = house.server.desk.batches.values()
    assert len(requests) == 2 * 4 * IDEAS_AN_HOUR
    held = await house.spent()
    await worker.plan.step()
    assert worker.ideas == len(requests)
    assert await house.spent() == 60 * len(requests) < held, "(100 + 20 tokens) at half a microdollar each"
    assert worker.ledger.calls == {("good", "batch"): 1}
    await worker.plan.step()
    assert len(house.server.desk.batches) == 1, "nothing more is wanted yet"
    assert all(KEY not in f"{row}" for row in await house.database.fetch("SELECT * FROM llm_batches"))


async def test_an_idea_serves_its_hour(house: House) -> None:
    worker = house.plan("good")
    await worker.plan.step()
    await worker.plan.step()
    main = worker.stations["main"]
    assert main.shelf.take(main.profile, Surroundings(12.0), 240.0) is None, "the hours ordered are still to come"
    house.now = (house.now // HOUR_SECONDS + 1) * HOUR_SECONDS
    found = main.shelf.take(main.profile, Surroundings(12.0), 240.0)
    assert found is not None
    assert found[1].composed_by == "good good-model"
    hours = {request["body"]["messages"][1]["content"].split('"hour":')[1].split(",")[0] for request in _requests(house)}
    assert len(hours) == 4, "each hour is asked for by its own time of day"


def _requests(house: House) -> list[dict[str, Any]]:
    return [one for requests in house.server.desk.batches.values() for one in requests]


async def test_a_process_that_starts_anew_collects_what_another_ordered_and_pays_once(house: House) -> None:
    await house.plan("slow").plan.step()
    held = await house.spent()
    second = house.plan("slow")
    await second.plan.step()
    assert (second.ideas, await house.spent(), len(house.server.desk.batches)) == (0, held, 1), "it works on"
    house.server.desk.done = True
    await second.plan.step()
    paid = await house.spent()
    assert second.ideas == 120
    third = house.plan("slow")
    await third.plan.step()
    assert (third.ideas, await house.spent()) == (120, paid)
    day = datetime.fromtimestamp(house.now, UTC).date()
    assert [row["calls"] for row in await calls_of_day(house.database, day)] == [1]


async def test_two_at_once_pay_once(house: House) -> None:
    await house.plan("good").plan.step()
    workers = [house.plan("good") for _ in range(4)]
    await asyncio.gather(*(worker.plan.step() for worker in workers))
    assert await house.spent() == 60 * 120
    assert sum(worker.ledger.calls["good", "batch"] for worker in workers) == 1


@pytest.mark.parametrize("batching", [Batching.OPENAI, Batching.ANTHROPIC])
@pytest.mark.parametrize(("manner", "ideas"), [("half", 60), ("cut", range(30, 90)), ("failed", 0)])
async def test_what_does_not_come_is_not_paid_and_nothing_breaks(house: House, batching: Batching, manner: str, ideas: int | range) -> None:
    worker = house.plan(manner, batching)
    await worker.plan.step()
    await worker.plan.step()
    assert worker.ideas in (ideas if isinstance(ideas, range) else (ideas,))
    assert await house.spent() == 60 * worker.ideas, "what was held for the others has come back"
    await worker.plan.step()
    assert len(house.server.desk.batches) == 1, "one of which nothing came is not ordered again at once"


async def test_the_providers_word_for_an_address_is_not_followed(house: House) -> None:
    worker = house.plan("greedy", Batching.ANTHROPIC)
    await worker.plan.step()
    await worker.plan.step()
    assert worker.ideas == 120
    assert house.server.desk.asked[-1].startswith("GET /greedy/messages/batches/msgbatch_0/results")


@pytest.mark.parametrize("batching", [Batching.OPENAI, Batching.ANTHROPIC])
async def test_a_batch_that_is_not_taken_costs_nothing_and_is_tried_again_later(house: House, batching: Batching) -> None:
    worker = house.plan("full", batching)
    await worker.plan.step()
    assert await house.spent() == 0
    assert "not taken" in worker.plan.last_failure
    asked = len(house.server.desk.asked)
    await worker.plan.step()
    assert len(house.server.desk.asked) == asked, "it rests"
    house.now += 1_801.0
    await worker.plan.step()
    assert len(house.server.desk.asked) > asked


async def test_a_budget_that_is_too_small_orders_nothing(house: House) -> None:
    worker = house.plan("good", budget=1_000)
    await worker.plan.step()
    assert house.server.desk.asked == []
    assert "budget" in worker.plan.last_failure
