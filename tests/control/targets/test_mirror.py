"""The pusher's copy: in step with the table, whoever changes it, and there while the database is not."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from stat import S_IMODE

import pytest
from asyncpg import Record
from structlog.testing import capture_logs

from control.database.database import open_database
from control.database.link import DatabaseLink
from control.errors import DatabaseAway
from control.targets.mirror import Mirror
from server.rtmp.sealed import unseal
from tests.control.postgres import fresh_database
from tests.control.targets.house import KEY, SECRETS, house

pytestmark = pytest.mark.real


def modified(path: Path) -> int:
    return path.stat().st_mtime_ns


def beside(path: Path) -> list[str]:
    return [other.name for other in path.parent.glob(".*")]


async def test_nobody_else_may_read_it_and_it_holds_no_key_in_clear(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        await one.add()
        assert S_IMODE(one.file.stat().st_mode) == 0o600
        assert KEY.encode() not in one.file.read_bytes()
        assert b"ingest.example" not in one.file.read_bytes()
        assert beside(one.file) == [], "and no half of it lies beside it"


async def test_it_is_written_only_when_something_has_changed(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        made = await one.add()
        written = modified(one.file)
        await one.mirror.follow("main")
        await one.ask("PATCH", f"/{made['id']}", {"name": "Studio"})
        assert modified(one.file) == written
        await one.database.execute("UPDATE stream_targets SET name = 'By another front'")
        await one.mirror.follow("main")
        assert [target.name for target in one.mirrored()] == ["By another front"]


async def test_a_file_that_was_spoilt_is_made_anew(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        await one.add()
        spoil(one.file)
        await one.mirror.follow("main")
        assert len(one.mirrored()) == 1


def spoil(path: Path) -> None:
    path.write_bytes(b"not sealed by anybody")


async def test_it_looks_at_all_stations_at_the_start_and_again(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        await one.add(enabled=False)
        await one.ask("POST", body={"platform": "twitch", "name": "Night", "key": KEY}, station="night")
        (tmp_path / "night.sealed").unlink()
        looks = 0

        async def sleep(seconds: float) -> None:
            nonlocal looks
            assert seconds == 5.0
            looks += 1
            if looks == 2:
                raise InterruptedError
            assert (tmp_path / "night.sealed").exists()
            await one.database.execute("UPDATE stream_targets SET enabled = NOT enabled")

        with pytest.raises(InterruptedError):
            await one.mirror.run(sleep)
        assert len(one.mirrored()) == 1
        assert not (tmp_path / "night.sealed").exists()


async def test_while_the_database_is_away_the_file_stays(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        await one.add()
    before = (tmp_path / "main.sealed").read_bytes()
    away = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/nothing"))
    try:
        mirror = Mirror(away, {"main": tmp_path / "main.sealed"}, SECRETS)
        with pytest.raises(DatabaseAway):
            await mirror.follow("main")

        async def sleep(_: float) -> None:
            raise InterruptedError

        with pytest.raises(InterruptedError):
            await mirror.run(sleep)
    finally:
        await away.close()
    assert (tmp_path / "main.sealed").read_bytes() == before


async def test_a_changed_secret_is_followed_and_a_lost_one_is_said(tmp_path: Path) -> None:
    new = bytes(range(96, 144))
    async with fresh_database() as database:
        async with house(tmp_path, database=database) as one:
            made = await one.add()
        async with house(tmp_path, (new, *SECRETS), database) as one:
            await one.mirror.follow("main")
            assert len(unseal(one.file.read_bytes(), [new], "main")) == 1, "sealed with the newest"
            await one.ask("PATCH", f"/{made['id']}", {"name": "Saved again"})
        async with house(tmp_path, (new,), database) as one:
            assert [told["has_key"] for told in await one.listed()] == [True], "what is saved again outlives the old secret"
        async with house(tmp_path, database=database) as one:
            await one.ask("PATCH", f"/{made['id']}", {"key": KEY})
        async with house(tmp_path, (new,), database) as one:
            with capture_logs() as said:
                await one.mirror.follow("main")
                await one.mirror.follow("main")
            assert [line["target"] for line in said] == [made["id"]], "once"
            [told] = await one.listed()
            assert (told["has_key"], told["state"]) == (False, "off")
            assert "was changed" in told["reason"]
            assert not one.file.exists()
            assert (await one.ask("PATCH", f"/{made['id']}", {"name": "x"})).status == 422
            assert (await one.ask("PATCH", f"/{made['id']}", {"enabled": False})).status == 200
            assert (await one.ask("PATCH", f"/{made['id']}", {"enabled": True, "key": KEY})).status == 200
            assert [target.key for target in unseal(one.file.read_bytes(), [new], "main")] == [KEY]


class SlowTable:
    """A table whose first reader is answered last."""

    def __init__(self, rows: Sequence[Record]) -> None:
        self.rows = rows
        self.gate = asyncio.Event()
        self.asked = 0

    async def fetch(self, sql: str, *args: object) -> list[Record]:  # noqa: ARG002
        self.asked += 1
        if self.asked == 1:
            before = list(self.rows)
            await self.gate.wait()
            return before
        return []


async def test_what_was_read_first_is_not_written_last(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        await one.add()
        table = SlowTable(
            await one.database.fetch("SELECT id, station, name, platform, address, sealed_key, enabled, created_at FROM stream_targets")
        )
        mirror = Mirror(table, {"main": one.file}, SECRETS)
        first, second = asyncio.create_task(mirror.follow("main")), asyncio.create_task(mirror.follow("main"))
        await asyncio.sleep(0)
        table.gate.set()
        await asyncio.gather(first, second)
        assert not one.file.exists(), "the table was empty when it was read last"


async def test_a_disk_that_refuses_is_told_and_the_change_holds(tmp_path: Path) -> None:
    async with house(tmp_path) as one:
        one.file.mkdir()
        (one.file / "in the way").touch()
        with capture_logs() as said:
            await one.add()
        assert one.mirror.failures == 1
        assert any("cannot be handed to the pusher" in line["event"] for line in said)
        assert len(await one.listed()) == 1
