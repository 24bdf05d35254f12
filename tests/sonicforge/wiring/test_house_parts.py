"""The parts of the house as an operator is told of them, with a database and without one."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from control.audit.log import AuditLog
from control.audit.spool import Spool
from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from control.jobs.service import Jobs
from control.kv.memory import MemoryKv
from server.door.parts import Part
from server.door.status import Status
from sonicforge.wiring.house_metrics import HouseMetrics
from sonicforge.wiring.house_parts import HouseParts
from tests.control.postgres import fresh_database

NAMED = {"database", "redis", "objects", "jobs", "studio", "cpu", "memory", "disk"}


@asynccontextmanager
async def nowhere() -> AsyncIterator[Database]:
    """A database that nobody keeps."""
    database = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing?sslmode=disable"))
    try:
        yield database
    finally:
        await database.close()


async def test_a_database_that_is_away_is_said_with_its_reason_and_the_rest_is_told(tmp_path: Path) -> None:
    now = 100.0
    async with nowhere() as database:
        parts = HouseParts(tmp_path, database, MemoryKv(), Jobs(database), lambda: Part(Status.OK, "It works."), lambda: now)
        told = await parts()
        assert set(told) == NAMED
        assert told["database"].state is Status.DOWN
        assert "The air goes on" in told["database"].reason
        assert told["jobs"].state is Status.DEGRADED
        assert told["redis"].state is told["objects"].state is Status.OK
        assert all(part.reason for part in told.values())
        assert await parts() is told, "asked again within the second, it remembers"
        figures = {
            metric.name: metric for metric in HouseMetrics(database, MemoryKv(), AuditLog(database, Spool(tmp_path), lambda: now)).collect()
        }
        assert figures["sonicforge_db_up"].samples[0].value == 0
        assert figures["sonicforge_kv_up"].samples[0].value == 1


@pytest.mark.real
async def test_with_everything_there_all_is_well(tmp_path: Path) -> None:
    async with fresh_database() as database:
        told = await HouseParts(tmp_path, database, MemoryKv(), Jobs(database), lambda: Part(Status.OK, "It works."), lambda: 1.0)()
    assert {name: told[name].state for name in ("database", "redis", "objects", "jobs")} == dict.fromkeys(
        ("database", "redis", "objects", "jobs"), Status.OK
    )
    assert told["database"].figures["away"] is False
