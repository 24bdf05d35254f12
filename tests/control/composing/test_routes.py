"""What is told of the composer, and to whom, over a real PostgreSQL."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from aiohttp.test_utils import TestClient
from aiohttp.web import Application, Request

from control.api.operation import operations
from control.composing.ledger import PostgresLedger
from control.composing.memory import PostgresMemory
from control.composing.routes import ComposerAddresses
from control.composing.standing import Standings, standing_of
from control.database.database import Database
from control.permissions import Role
from generation.composer.composer import Composer
from generation.llm.caller import Reply
from generation.llm.client import LlmClient
from generation.llm.standing import SOUND
from tests.control.composing.commissions import HATED, LOVED, commission
from tests.control.postgres import fresh_database
from tests.control.stations.obedient import bearer, office
from tests.generation.composer.station import BUSY, PROFILE
from tests.generation.llm.models import CHEAP, DEAR, KEY, Models

pytestmark = pytest.mark.real
WALL = 1_800_000_000.0
TODAY = date(2027, 1, 15)
ADDRESS = "/api/v1/stations/main/composer"


@dataclass
class House:
    """What a test may reach for."""

    client: TestClient[Request, Application]
    database: Database

    async def told(self, more: str = "", role: Role = Role.MODERATOR) -> dict[str, Any]:
        answer = await self.client.get(ADDRESS + more, headers=bearer(role))
        assert answer.status == 200, await answer.text()
        found: dict[str, Any] = await answer.json()
        return found


@asynccontextmanager
async def house() -> AsyncIterator[House]:
    async with fresh_database() as database:
        addresses = ComposerAddresses(database, {"main", "night"}, 2_000_000, lambda: WALL)
        async with office(operations(addresses)) as client:
            yield House(client, database)


@pytest.mark.parametrize("path", ["", "/beliefs"])
async def test_who_may_read_it(path: str) -> None:
    async with house() as one:
        allowed = {role: (await one.client.get(ADDRESS + path, headers=bearer(role))).status for role in Role}
        assert {role for role, status in allowed.items() if status == 200} == {Role.SUPERADMIN, Role.ADMIN, Role.MODERATOR}
        assert {allowed[role] for role in (Role.DJ, Role.USER, Role.VIEWER, Role.API_CLIENT)} == {403}
        assert (await one.client.get(ADDRESS + path)).status == 401
        unknown = await one.client.get(f"/api/v1/stations/nowhere/composer{path}", headers=bearer(Role.ADMIN))
        assert unknown.status == 404


async def test_a_station_that_has_learnt_nothing_believes_nothing() -> None:
    async with house() as one:
        assert await one.told("/beliefs") == {"credibility": 0.9, "genres": []}
        told = await one.told()
        assert (told["told_at"], told["providers"], told["spent"], told["spent_dollars"]) == (None, [], [], 0.0)
        assert (told["day"], told["budget_dollars"]) == ("2027-01-15", 2.0)


async def test_what_it_believes_with_intervals() -> None:
    async with house() as one:
        memory = PostgresMemory(one.database)
        for seed in range(30):
            sent = commission("driving" if seed % 2 else "deep", seed)
            await memory.note(sent)
            await memory.credit("main", f"e-{seed}", sent.brief.id, LOVED if seed % 2 else HATED)
        [house_genre] = (await one.told("/beliefs"))["genres"]
        assert house_genre["genre"] == "house"
        variants = {told["variant"]: told for told in house_genre["variants"]}
    assert list(variants) == ["classic", "driving", "deep", "bright"]
    driving, deep, untried = variants["driving"], variants["deep"], variants["bright"]
    assert deep["high"] < driving["low"] <= driving["mean"] <= driving["high"]
    assert (driving["airings"], untried["airings"], untried["votes"]) == (15, 0, 0.0)
    assert 13.0 < driving["votes"] < 15.0
    assert untried["high"] - untried["low"] > driving["high"] - driving["low"]
    assert driving["best"] > 0.6 > deep["best"]
    assert sum(told["best"] for told in variants.values()) == pytest.approx(1.0, abs=1e-3)


async def test_how_it_stands_and_what_it_costs_without_a_key_or_a_word_of_anybody() -> None:
    async with house() as one:
        models = Models(answers={"cheap": [Reply(401, f"{KEY} is wrong".encode())]})
        client = LlmClient((CHEAP, DEAR), models, PostgresLedger(one.database), lambda: models.now, lambda: WALL)
        composer = Composer(PROFILE, PostgresMemory(one.database), client)
        for number in range(3):
            await composer.compose(number, BUSY)
        standings = Standings(one.database)
        await standings.tell("main", standing_of(composer.tally, client, SOUND))
        answer = await one.client.get(ADDRESS, headers=bearer(Role.ADMIN))
        text, told = await answer.text(), await answer.json()
    assert (told["by_rules_total"], told["unanswered_total"], told["by_model_total"]) == (3, 3, 0)
    cheap, dear = told["providers"]
    assert (cheap["name"], cheap["state"], cheap["rests_seconds"], cheap["last_failure"]) == (
        "cheap",
        "resting",
        3_600.0,
        "key, model or request refused",
    )
    assert (dear["state"], dear["rests_seconds"]) == ("resting", 5.0)
    assert [(call["provider"], call["calls"]) for call in told["spent"]] == [("dear", 1), ("cheap", 1)]
    assert told["spent_dollars"] == pytest.approx(sum(call["dollars"] for call in told["spent"]))
    for secret in (KEY, "piano", "Bearer", "You choose"):
        assert secret not in text


async def test_the_latest_word_is_told() -> None:
    async with house() as one:
        standings, composer = Standings(one.database), Composer(PROFILE, PostgresMemory(one.database))
        for _ in range(2):
            await composer.compose(1, BUSY)
            await standings.tell("main", standing_of(composer.tally, None, SOUND))
        told = await one.told()
        night = await (await one.client.get("/api/v1/stations/night/composer", headers=bearer(Role.ADMIN))).json()
    assert (told["by_rules_total"], night["by_rules_total"], night["told_at"]) == (2, 0, None)
