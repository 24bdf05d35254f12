"""Migrations: once each, in order, whole or not at all, by however many start at once."""

import asyncio
from pathlib import Path

import asyncpg
import pytest

from control.database.migration import Migration, MigrationRefused, MigrationState, migrate, read_migrations, states
from tests.control.postgres import fresh_url

pytestmark = pytest.mark.real
FIRST = Migration("0001_things", "create table things (name text); create table more (name text);")
SECOND = Migration("0002_stuff", "create table stuff (name text);")
BROKEN = Migration("0003_broken", "create table halfway (name text); select 1 / 0;")


async def there(url: str, table: str) -> bool:
    connection = await asyncpg.connect(url)
    try:
        return bool(await connection.fetchval("select to_regclass($1) is not null", table))
    finally:
        await connection.close()


async def test_four_starters_apply_each_once() -> None:
    async with fresh_url(migrated=False) as url:
        applied = await asyncio.gather(*(migrate(url, [FIRST, SECOND]) for _ in range(4)))
        assert sorted(name for names in applied for name in names) == ["0001_things", "0002_stuff"]
        assert await there(url, "stuff")


async def test_all_of_ours_apply_to_an_empty_database_and_again_to_nothing() -> None:
    async with fresh_url(migrated=False) as url:
        ours = read_migrations()
        assert await migrate(url) == [migration.name for migration in ours]
        assert await migrate(url) == []
        assert {migration.state for migration in await states(url)} == {"applied"}


async def test_failing_file_leaves_nothing_and_those_before_it_stay() -> None:
    async with fresh_url(migrated=False) as url:
        with pytest.raises(asyncpg.DivisionByZeroError) as failed:
            await migrate(url, [FIRST, BROKEN])
        assert "0003_broken.sql" in failed.value.__notes__[0]
        assert not await there(url, "halfway")
        assert await there(url, "more")
        assert await states(url, [FIRST, BROKEN]) == [MigrationState("0001_things", "applied"), MigrationState("0003_broken", "pending")]
        assert await migrate(url, [FIRST, SECOND]) == ["0002_stuff"]


async def test_edited_file_is_refused_before_anything_is_done() -> None:
    async with fresh_url(migrated=False) as url:
        await migrate(url, [FIRST])
        edited = Migration(FIRST.name, FIRST.sql + " -- better now")
        with pytest.raises(MigrationRefused, match=r"0001_things\.sql was edited"):
            await migrate(url, [edited, SECOND])
        assert not await there(url, "stuff")
        assert await states(url, [edited]) == [MigrationState("0001_things", "edited")]


async def test_one_of_a_newer_program_is_left_alone() -> None:
    async with fresh_url(migrated=False) as url:
        await migrate(url, [FIRST, SECOND])
        assert await migrate(url, [FIRST]) == []
        assert await states(url, [FIRST]) == [MigrationState("0001_things", "applied"), MigrationState("0002_stuff", "unknown")]


async def test_index_is_made_outside_a_transaction_while_others_wait_to_start() -> None:
    index = Migration(
        "0003_index",
        "-- no-transaction\n-- while people read and write\ncreate index concurrently if not exists things_name on things (name);\n"
        "create index concurrently if not exists more_name on more (name);\n",
    )
    async with fresh_url(migrated=False) as url:
        async with asyncio.timeout(20):
            applied = await asyncio.gather(*(migrate(url, [FIRST, index]) for _ in range(4)))
        assert sum(len(names) for names in applied) == 2
        assert await there(url, "things_name")
        assert await there(url, "more_name")


async def test_nothing_was_ever_applied() -> None:
    async with fresh_url(migrated=False) as url:
        assert await states(url, [FIRST]) == [MigrationState("0001_things", "pending")]


@pytest.mark.parametrize("names", [["1_first"], ["0001_first", "0001_second"], ["0001-first"]])
def test_names_that_have_no_order_are_refused(tmp_path: Path, names: list[str]) -> None:
    for name in names:
        (tmp_path / f"{name}.sql").write_text("select 1")
    with pytest.raises(MigrationRefused, match=names[-1]):
        read_migrations(tmp_path)
