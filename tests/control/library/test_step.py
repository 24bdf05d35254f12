"""Files and table in step: through deaths, absences and repetitions."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from benchmarks.own_postgres import own_postgres
from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from control.database.migration import migrate
from control.errors import DatabaseAway
from control.library import repository
from control.library.step import StationFiles, Step, keep_in_step
from control.library.wanted import Sort, Wanted
from server.catalogue.catalogue import Catalogue
from tests.control.library.shelf import airing_of, lines_of, sign_on, track_of
from tests.control.postgres import fresh_database, fresh_url

pytestmark = pytest.mark.real
HOUSE = Path(__file__).resolve().parents[3]


class House:
    """A state folder with one station."""

    def __init__(self, folder: Path) -> None:
        self.root = folder
        self.catalogue = Catalogue(folder / "catalogue")
        self.files = StationFiles(folder / "stations/main/history.jsonl", folder / "stations/main/state.json")
        self.stations = {"main": self.files}
        sign_on(self.files.state)

    def play(self, *numbers: int) -> None:
        with self.files.history.open("ab") as file:
            file.write(lines_of(*map(airing_of, numbers)))

    def step(self, database: Database, piece_bytes: int = 2048) -> Step:
        return Step(database, Catalogue(self.root / "catalogue"), self.stations, piece_bytes)


async def played(database: Database) -> list[str]:
    rows = await database.fetch("SELECT entry_id FROM play_history WHERE station = 'main' ORDER BY started_at")
    return [row["entry_id"] for row in rows]


async def test_sidecars_become_rows_and_follow_their_changes(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.catalogue.put(track_of("One", provenance={"licence": "CC-BY-4.0", "bpm": "124", "key": "A minor"}))
    house.catalogue.put(track_of("Two", provenance={"bpm": "fast"}))
    async with fresh_database() as database:
        step = house.step(database)
        await step.take()
        one = await repository.one(database, track_of("One").id)
        assert one is not None
        assert (one.licence, one.bpm, one.key, one.genre, one.approved, one.in_catalogue, one.version) == (
            *("CC-BY-4.0", 124.0, "A minor", "house", True, True, 1),
        )
        assert one.created_at.timestamp() == 1_780_000_000
        house.catalogue.put(track_of("One", title="One, again"))
        house.catalogue.remove(track_of("Two").id)
        await step.take()
        one, two = await repository.one(database, track_of("One").id), await repository.one(database, track_of("Two").id)
        assert one is not None
        assert two is not None
        assert (one.track.title, one.version, two.in_catalogue) == ("One, again", 2, False)
        await house.step(database).take()
        assert (await repository.one(database, one.id)) == one, "a worker that begins anew changes nothing that is right"


async def test_a_refused_file_is_not_airable_and_a_bad_sidecar_keeps_no_other_out(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.catalogue.put(track_of("Good"))
    house.catalogue.put(track_of("Odd", artist="a\0b"))
    house.catalogue.put(track_of("Broken"))
    house.catalogue.refuse(track_of("Broken").path, "It is broken.")
    async with fresh_database() as database:
        await house.step(database).take()
        found = await repository.page(database, Wanted(), Sort.NEWEST, 10, None)
        assert [stored.track.title for stored in found] == ["Good"]


async def test_history_moves_once_however_often_it_is_read(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.play(*range(30))
    async with fresh_database() as database:
        step = house.step(database)
        await step.take()
        house.play(30, 31)
        await step.take()
        await database.execute("DELETE FROM play_history_read")  # as if the place had been lost
        await house.step(database).take()
        assert await played(database) == [f"0-{number}" for number in range(32)]


async def test_the_files_keep_what_the_database_misses(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.play(*range(5))
    house.catalogue.put(track_of("One"))
    ended = asyncio.Event()
    async with own_postgres() as postgres:
        database = postgres.database
        await migrate(postgres.postmaster.home.url())
        keeping = asyncio.create_task(keep_in_step(database, Catalogue(tmp_path / "catalogue"), house.stations, ended, 0.05))
        await until(lambda: _has(database, 5))
        frozen = postgres.pids()
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        house.play(*range(5, 12))
        await until(lambda: _is_away(database))
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
        await until(lambda: _has(database, 12))
        ended.set()
        await keeping
        assert await played(database) == [f"0-{number}" for number in range(12)]


async def test_a_worker_that_is_killed_at_any_moment_loses_and_doubles_nothing(tmp_path: Path) -> None:
    house = House(tmp_path)
    house.play(*range(1500))
    async with fresh_url() as url:
        script = (
            "import asyncio, sys\n"
            "from pathlib import Path\n"
            "from control.database.database import open_database\n"
            "from control.database.link import DatabaseLink\n"
            "from control.library.step import Step, StationFiles\n"
            "from server.catalogue.catalogue import Catalogue\n"
            "async def main():\n"
            "    root = Path(sys.argv[2])\n"
            "    database = await open_database(DatabaseLink(sys.argv[1]))\n"
            "    files = StationFiles(root / 'stations/main/history.jsonl', root / 'stations/main/state.json')\n"
            "    print('working', flush=True)\n"
            "    await Step(database, Catalogue(root / 'catalogue'), {'main': files}, 4096).take()\n"
            "    print('done', flush=True)\n"
            "asyncio.run(main())\n"
        )
        for tenths in range(1, 30):
            command = [sys.executable, "-c", script, url, str(tmp_path)]
            worker = subprocess.Popen(command, cwd=HOUSE, stdout=subprocess.PIPE)  # noqa: ASYNC220
            assert worker.stdout is not None
            assert worker.stdout.readline() == b"working\n"
            try:
                worker.wait(tenths * 0.07)
            except subprocess.TimeoutExpired:
                worker.send_signal(signal.SIGKILL)
            finished = worker.stdout.read() == b"done\n"
            worker.wait()
            worker.stdout.close()
            if finished:
                break
        assert finished
        database = await open_database(DatabaseLink(url))
        try:
            assert await played(database) == [f"0-{number}" for number in range(1500)]
        finally:
            await database.close()


async def test_approval_is_followed_where_a_crash_kept_the_catalogue_from_it(tmp_path: Path) -> None:
    house = House(tmp_path)
    withdrawn = track_of("Withdrawn", tmp_path)
    house.catalogue.put(withdrawn)
    async with fresh_database() as database:
        step = house.step(database)
        await step.take()
        await database.execute("UPDATE tracks SET approved = false WHERE id = $1", withdrawn.id)
        await step.take()
        house.catalogue.refresh()
        assert house.catalogue.is_refused(withdrawn)
        await step.take()
        stored = await repository.one(database, withdrawn.id)
        assert stored is not None
        assert not stored.in_catalogue
        # an upload whose sidecar was never written
        account_id = await database.fetch_value(
            "INSERT INTO accounts (email, name, role, state) VALUES ('dj@example.org', 'DJ', 'dj', 'active') RETURNING id"
        )
        sent = track_of("Sent", tmp_path)
        Path(sent.path).write_bytes(b"sound")  # noqa: ASYNC240
        async with database.transaction() as connection:
            await repository.add_upload(connection, sent, approved=True, account_id=account_id, file_bytes=5)
            await connection.execute("UPDATE tracks SET in_catalogue = false WHERE id = $1", sent.id)
        await step.take()
        house.catalogue.refresh()
        assert house.catalogue.airable(sent.id) == sent


async def until(holds: Callable[[], Awaitable[bool]], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while not await holds():  # noqa: ASYNC110 -- a database sets no event
            await asyncio.sleep(0.02)


async def _has(database: Database, count: int) -> bool:
    try:
        return len(await played(database)) >= count
    except DatabaseAway:
        return False


async def _is_away(database: Database) -> bool:
    return database.away
