import asyncio
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import asyncpg
import pytest
from msgspec.structs import replace

from control.audit.entry import new_entry
from control.audit.log import AuditLog
from control.audit.repository import Place, Wanted
from control.audit.spool import Spool
from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from control.permissions import Role
from control.principal import of_role
from control.tiers import Tier
from tests.control.postgres import fresh_database
from tests.server.until import until

pytestmark = pytest.mark.real
ACTOR = of_role(UUID(int=1), Role.ADMIN, Tier.FREE)
CANARY = "canary-90ab77"


class Watch:
    """Counts a second each time it is asked."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def wall(self) -> float:
        self.now += 1
        return self.now


def log_of(database: Database, folder: Path) -> AuditLog:
    return AuditLog(database, Spool(folder / "audit"), Watch().wall)


async def test_what_is_recorded_is_found(tmp_path: Path) -> None:
    async with fresh_database() as database:
        log = log_of(database, tmp_path)
        await log.record("account.suspend", actor=ACTOR, subject="zoe", detail={"why": "Spam in 50% of titles"}, client="192.0.2.9")
        await log.record("account.restore", actor=ACTOR, subject="zoe", client="192.0.2.9")
        await log.record("login.refuse", actor=None, subject="adam", client="198.51.100.4")

        async def events(wanted: Wanted) -> list[str]:
            return [entry.event for entry in await log.search(wanted, 50)]

        assert await events(Wanted()) == ["login.refuse", "account.restore", "account.suspend"]
        assert await events(Wanted(event="account")) == ["account.restore", "account.suspend"]
        assert await events(Wanted(actor_id=UUID(int=1))) == ["account.restore", "account.suspend"]
        assert await events(Wanted(actor_id=UUID(int=2))) == []
        assert await events(Wanted(subject="adam")) == ["login.refuse"]
        assert await events(Wanted(text="SPAM IN 50%")) == ["account.suspend"]
        assert await events(Wanted(text="50_")) == []
        assert await events(Wanted(text="192.0.2.")) == ["account.restore", "account.suspend"]
        (suspended,) = await log.search(Wanted(event="account.suspend"), 1)
        assert suspended.detail == {"why": "Spam in 50% of titles"}
        later = datetime.fromtimestamp(1_800_000_002, UTC)
        assert await events(Wanted(since=later)) == ["login.refuse", "account.restore"]
        assert await events(Wanted(until=later)) == ["account.suspend"]


async def test_pages_leave_nothing_out_and_repeat_nothing(tmp_path: Path) -> None:
    async with fresh_database() as database:
        log = log_of(database, tmp_path)
        for number in range(7):
            await log.record("test.happen", actor=None, subject=str(number))
        seen: list[str | None] = []
        after = None
        while batch := await log.search(Wanted(), 3, after):
            seen += [entry.subject for entry in batch]
            after = Place(batch[-1].at, batch[-1].id)
        assert seen == ["6", "5", "4", "3", "2", "1", "0"]


@pytest.mark.parametrize(
    "change",
    ["UPDATE audit_log SET event = 'x.y'", "DELETE FROM audit_log", "TRUNCATE audit_log", "UPDATE audit_log SET subject = NULL WHERE true"],
)
async def test_no_row_is_ever_changed_or_removed(tmp_path: Path, change: str) -> None:
    async with fresh_database() as database:
        await log_of(database, tmp_path).record("test.happen", actor=None)
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await database.execute(change)
        assert await database.fetch_value("SELECT count(*) FROM audit_log WHERE event = 'test.happen'") == 1


async def test_entry_and_change_stand_or_fall_together(tmp_path: Path) -> None:
    async with fresh_database() as database:
        log = log_of(database, tmp_path)

        async def change_and_fail() -> None:
            async with database.transaction() as connection:
                await log.record("account.suspend", actor=ACTOR, connection=connection)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            await change_and_fail()
        assert await log.search(Wanted(), 10) == []


async def test_with_the_database_away_entries_wait_and_are_settled_once(tmp_path: Path) -> None:
    async with fresh_database() as database:
        nowhere = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing"))
        spool = Spool(tmp_path / "audit")
        away = AuditLog(nowhere, spool, Watch().wall)
        async with asyncio.timeout(10):
            for number in range(20):
                await away.record("login.refuse", actor=None, subject=str(number))
        await nowhere.close()
        assert not spool.empty
        taken = Spool(tmp_path / "audit").take()  # a process that died while it settled
        back = AuditLog(database, spool, Watch().wall)
        for _, entries in taken:
            await AuditLog(database, spool, Watch().wall).settle()
            assert len(entries) == 20
        assert await back.settle() == 0
        assert len(await back.search(Wanted(event="login.refuse"), 50)) == 20
        assert spool.empty


async def test_what_waits_is_settled_by_itself(tmp_path: Path) -> None:
    async with fresh_database() as database:
        spool = Spool(tmp_path / "audit")
        spool.add(new_entry("login.refuse", datetime(2026, 1, 2, tzinfo=UTC), None, "zoe", {}, "192.0.2.1"))
        log = AuditLog(database, spool, Watch().wall)
        running = asyncio.create_task(log.run())
        await until(lambda: spool.empty)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        assert [entry.subject for entry in await log.search(Wanted(), 9)] == ["zoe"]


async def test_an_entry_that_comes_twice_stands_once(tmp_path: Path) -> None:
    async with fresh_database() as database:
        spool = Spool(tmp_path / "audit")
        log = AuditLog(database, spool, Watch().wall)
        await log.record("test.happen", actor=None)
        (entry,) = await log.search(Wanted(), 1)
        spool.add(entry)
        spool.add(replace(entry, subject="forged"))
        await log.settle()
        assert [each.subject for each in await log.search(Wanted(), 9)] == [None]


async def test_no_secret_reaches_the_table(tmp_path: Path) -> None:
    async with fresh_database() as database:
        log = log_of(database, tmp_path)
        await log.record(
            "account.change", actor=ACTOR, detail={"password": CANARY, "in": [{"totp_secret": CANARY}], "refresh_token": CANARY}
        )
        rows = await database.fetch("SELECT audit_log::text AS line FROM audit_log")
        assert len(rows) == 1
        assert CANARY not in rows[0]["line"]


async def test_search_by_words_uses_its_index(tmp_path: Path) -> None:
    async with fresh_database() as database:
        await database.execute(
            """INSERT INTO audit_log (id, at, event, means, subject, client)
               SELECT gen_random_uuid(), now() - n * interval '1 second', 'test.happen', 'token', md5(n::text), '192.0.2.1'
               FROM generate_series(1, 20000) n"""
        )
        await database.execute("VACUUM ANALYZE audit_log")
        plan = await database.fetch("EXPLAIN SELECT * FROM audit_log WHERE words LIKE '%c4ca4238a0b9%' ORDER BY at DESC, id DESC LIMIT 50")
        assert "audit_log_words" in "\n".join(row[0] for row in plan)
        newest = await database.fetch("EXPLAIN SELECT * FROM audit_log ORDER BY at DESC, id DESC LIMIT 50")
        assert "audit_log_newest" in "\n".join(row[0] for row in newest)
        assert len(await log_of(database, tmp_path).search(Wanted(text="C4CA4238a0b9"), 50)) == 1
