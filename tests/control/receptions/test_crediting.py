"""Crediting in a real PostgreSQL: what aired, as the worker and the fronts have written it down."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from control.composing.memory import PostgresMemory
from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from control.errors import DatabaseAway
from control.receptions.audience import Aired, AudienceTold
from control.receptions.crediting import Crediting
from control.receptions.repository import add_audiences
from generation.composer.composer import Commission
from tests.control.composing.commissions import commission
from tests.control.postgres import fresh_database

pytestmark = pytest.mark.real
SECOND = 48_000
NOW = timedelta()
LONG_AGO = timedelta(days=9)


class House:
    """A database, and what would have written into it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.memory = PostgresMemory(database, None)
        self.crediting = Crediting(database, self.memory)
        self._began = datetime.now(UTC) - timedelta(hours=2)

    async def commissioned(self, seed: int = 1) -> Commission:
        """A take of 180 s that may air."""
        sent = commission(seed=seed)
        await self.memory.note(sent)
        document = {"cue_in_frames": 0, "start_next_frames": 180 * SECOND}
        await self.database.execute(
            "INSERT INTO tracks (id, title, artist, source, seconds, loudness_lufs, document) "
            "VALUES ($1, 't', 'a', 'studio', 184, -14, $2)",
            sent.brief.id,
            msgspec.json.encode(document).decode(),
        )
        return sent

    async def aired(self, entry: str, track: str, seconds: float = 180.0, reason: str = "studio", ago: timedelta = NOW) -> None:
        """One after the other."""
        ended = self._began + timedelta(seconds=seconds)
        await self.database.execute(
            "INSERT INTO play_history (station, entry_id, track_id, title, artist, reason, started_at, ended_at, started_position) "
            "VALUES ('main', $1, $2, 't', 'a', $3, $4, $5, 0)",
            entry,
            track,
            reason,
            self._began - ago,
            ended - ago,
        )
        self._began = ended

    async def heard(self, entry: str, exposed: int, left_early: int = 0, front: str = "one") -> None:
        listened = 180.0 * (exposed - left_early) + 20.0 * left_early
        told = AudienceTold(Aired("main", entry, 0.0, 180.0), front, exposed, left_early, listened, 180.0 * exposed)
        await add_audiences(self.database, [told])

    async def receptions(self) -> list[tuple[object, ...]]:
        rows = await self.database.fetch("SELECT entry_id, exposed, skips, ups, downs FROM receptions ORDER BY entry_id")
        return [tuple(row) for row in rows]


@pytest.fixture
async def house() -> AsyncIterator[House]:
    async with fresh_database() as database:
        yield House(database)


async def test_each_airing_of_a_commission_is_credited_once_with_all_fronts(house: House) -> None:
    sent = await house.commissioned()
    await house.aired("e-1", sent.brief.id)
    await house.aired("e-2", "a file")
    await house.aired("e-3", sent.brief.id)
    await house.aired("e-4", "a file")
    await house.heard("e-1", 30, 2)
    await house.heard("e-1", 12, 1, "two")
    await house.heard("e-1", 12, 1, "two")
    await house.heard("e-3", 5)
    assert await house.crediting.credit() == 2
    assert await house.receptions() == [("e-1", 42, 3, 0, 0), ("e-3", 5, 0, 0, 0)]
    assert await house.crediting.credit() == 0
    [arm] = (await house.memory.arms("main", "house")).values()
    assert arm.votes == pytest.approx(42 / 47 + 5 / 10)
    assert arm.gains > 0.7 * arm.votes


async def test_one_that_was_skipped_at_the_desk_is_liked_less(house: House) -> None:
    sent = await house.commissioned()
    await house.aired("e-1", sent.brief.id, 40.0)
    await house.aired("e-2", "a file")
    await house.crediting.credit()
    assert await house.receptions() == [("e-1", 1, 1, 0, 0)], "who skipped it has heard it"
    [arm] = (await house.memory.arms("main", "house")).values()
    assert arm.gains < 0.5 * arm.votes


async def test_one_that_a_dj_took_over_from_was_not_skipped(house: House) -> None:
    sent = await house.commissioned()
    await house.aired("e-1", sent.brief.id, 40.0)
    await house.aired("e-2", "a dj", reason="live")
    await house.crediting.credit()
    assert await house.receptions() == [("e-1", 0, 0, 0, 0)]


async def test_what_is_on_air_or_was_split_by_a_restart_waits_for_its_end(house: House) -> None:
    sent = await house.commissioned()
    await house.aired("e-1", sent.brief.id, 60.0)
    assert await house.crediting.credit() == 0, "nothing has followed it yet"
    await house.aired("e-1", sent.brief.id, 120.0)
    await house.aired("e-2", "a file")
    assert await house.crediting.credit() == 1
    assert len(await house.receptions()) == 1


async def test_what_ended_just_now_has_not_settled_and_what_ended_long_ago_teaches_nothing(house: House) -> None:
    sent = await house.commissioned()
    await house.aired("e-0", sent.brief.id, ago=LONG_AGO)
    await house.aired("e-1", "a file", ago=LONG_AGO)
    await house.aired("e-2", sent.brief.id, seconds=7_200.0 - 180.0 - 180.0)
    await house.aired("e-3", "a file")
    assert await house.crediting.credit() == 0


class Voters:
    async def votes_for(self, station: str, entry_id: str) -> tuple[int, int]:
        return (7, 1) if (station, entry_id) == ("main", "e-1") else (0, 0)


async def test_votes_count_where_somebody_keeps_them(house: House) -> None:
    sent = await house.commissioned()
    await house.aired("e-1", sent.brief.id)
    await house.aired("e-2", "a file")
    await house.heard("e-1", 10)
    assert await Crediting(house.database, house.memory, Voters()).credit() == 1
    assert await house.receptions() == [("e-1", 10, 0, 7, 1)]


async def test_a_commission_that_was_noted_late_is_credited_then(house: House) -> None:
    sent = commission(seed=9)
    await house.aired("e-1", sent.brief.id)
    await house.aired("e-2", "a file")
    assert await house.crediting.credit() == 0
    await house.memory.note(sent)
    assert await house.crediting.credit() == 1


async def test_what_fronts_told_long_ago_goes(house: House) -> None:
    await house.heard("e-1", 3)
    assert await house.crediting.forget() == 0
    await house.database.execute("UPDATE audiences SET told_at = now() - interval '15 days'")
    assert await house.crediting.forget() == 1


async def test_while_the_database_is_away_nothing_is_lost() -> None:
    away = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        with pytest.raises(DatabaseAway):
            await Crediting(away, PostgresMemory(away)).credit()
    finally:
        await away.close()
