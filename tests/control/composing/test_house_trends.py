import pytest

from control.composing.house_trends import HouseTrends
from control.composing.memory import PostgresMemory
from control.database.database import open_database
from control.database.link import DatabaseLink
from generation.composer.trends import Trends
from tests.control.composing.commissions import HATED, LOVED, commission
from tests.control.postgres import fresh_database

pytestmark = pytest.mark.real


async def test_what_all_stations_liked_within_a_week() -> None:
    async with fresh_database() as database:
        memory = PostgresMemory(database)
        told = [(commission(seed=1), LOVED), (commission(seed=2, station="night"), LOVED), (commission("deep", 3, "techno"), HATED)]
        for number, (one, reception) in enumerate(told):
            await memory.note(one)
            await memory.credit(one.station, f"e-{number}", one.brief.id, reception)
        found = await Trends(HouseTrends(database), lambda: 0.0).latest()
        assert set(found) == {"house", "techno"}
        assert found["house"] > 0.9 > 0.1 > found["techno"] > 0.0
        await database.execute("UPDATE receptions SET credited_at = now() - interval '8 days'")
        assert await Trends(HouseTrends(database), lambda: 0.0).latest() == {}


async def test_while_the_database_is_away_nothing_is_trending() -> None:
    away = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        trends = Trends(HouseTrends(away), lambda: 0.0)
        assert await trends.latest() == {}
        assert trends.failures_total == 1
    finally:
        await away.close()
