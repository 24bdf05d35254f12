"""The database under writers: started cold and warm, killed, frozen, away for a minute, its disk full.

Each server is our own embedded one, in a folder of its own under the temporary folder, kept as a station keeps it.
"""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Final

from benchmarks.ledger import Ledger
from benchmarks.measurement import Measurement
from benchmarks.own_postgres import OwnPostgres, new_postmaster, own_postgres
from benchmarks.processes import Process
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress
from control.database.database import open_database
from control.database.embedded.postmaster import Postmaster
from control.database.link import DatabaseLink
from control.errors import DatabaseAway

WARM_STARTS: Final = 5
FROZEN_SECONDS: Final = 8.0
AWAY_SECONDS: Final = 60.0
DISK_MEGABYTES: Final = 160
BEFORE_ROWS: Final = 200

COLD: Final = Bar("PostgreSQL, first start: until the first query", "s", most=2.0)
WARM: Final = Bar("PostgreSQL, later start: until the first query", "s", most=0.5)
KILLED_LOST: Final = Bar("postmaster killed: acknowledged rows lost", "rows", most=0)
KILLED_BACK: Final = Bar("postmaster killed: until a write is acknowledged", "s", most=5.0)
BACKEND_LOST: Final = Bar("backend killed: acknowledged rows lost", "rows", most=0)
BACKEND_BACK: Final = Bar("backend killed: until a write is acknowledged", "s", most=5.0)
FROZEN_LOST: Final = Bar("server frozen: acknowledged rows lost", "rows", most=0)
FROZEN_CALL: Final = Bar("server frozen: longest call", "s", most=3.0)
FROZEN_BACK: Final = Bar("server thawed: until a write is acknowledged", "s", most=5.0)
AWAY_LOST: Final = Bar("60 s away: acknowledged rows lost", "rows", most=0)
AWAY_CALL: Final = Bar("60 s away: longest call", "s", most=2.5)
AWAY_GROWN: Final = Bar("60 s away: memory grown meanwhile", "MB", most=10.0)
AWAY_BACK: Final = Bar("60 s away: until a write is acknowledged again", "s", most=5.0)
FULL_LOST: Final = Bar("disk full: acknowledged rows lost", "rows", most=0)
FULL_CALL: Final = Bar("disk full: longest call", "s", most=3.0)
FULL_BACK: Final = Bar("disk has room again: until a write is acknowledged", "s", most=5.0)


async def measure_start() -> list[Row]:
    """From nothing to the first answer, and from a stopped server to it."""
    with _folder() as folder:
        postmaster = new_postmaster(folder)
        cold = await _start(postmaster)
        warm = [await _start(postmaster) for _ in range(WARM_STARTS)]
        await postmaster.stop()
    return [COLD.row(cold), WARM.row(max(warm), note=f"of {WARM_STARTS} starts: {' '.join(f'{seconds:.2f}' for seconds in warm)}")]


async def measure_killed() -> list[Row]:
    """SIGKILL for the postmaster; the keeper starts another one."""
    async with own_postgres() as postgres, _written(postgres) as ledger:
        killed = postgres.postmaster_pid()
        began = time.monotonic()
        os.kill(killed, signal.SIGKILL)
        await postgres.restarted(killed)
        await ledger.acknowledges()
        back = time.monotonic() - began
        lost = await _lost(ledger)
    return [KILLED_LOST.row(lost, note=_note(ledger)), KILLED_BACK.row(back)]


async def measure_backend() -> list[Row]:
    """SIGKILL for one server process: PostgreSQL restarts all of them, since shared memory may be damaged."""
    async with own_postgres() as postgres, _written(postgres) as ledger:
        async with postgres.database.transaction() as connection:
            victim = connection.get_server_pid()
        began = time.monotonic()
        os.kill(victim, signal.SIGKILL)
        await ledger.refuses()
        await ledger.acknowledges()
        back = time.monotonic() - began
        lost = await _lost(ledger)
    return [BACKEND_LOST.row(lost, note=_note(ledger)), BACKEND_BACK.row(back)]


async def measure_frozen() -> list[Row]:
    """SIGSTOP for the postmaster and all server processes."""
    async with own_postgres(hung_seconds=600.0) as postgres, _written(postgres) as ledger:
        frozen = postgres.pids()
        for pid in frozen:
            os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(FROZEN_SECONDS)
        for pid in frozen:
            os.kill(pid, signal.SIGCONT)
        back = await ledger.acknowledges()
        lost = await _lost(ledger)
    return [FROZEN_LOST.row(lost, note=_note(ledger)), FROZEN_CALL.row(ledger.longest_seconds), FROZEN_BACK.row(back)]


async def measure_away() -> list[Row]:
    """Stopped for a minute and started again, while writers go on asking."""
    with _folder() as folder:
        postmaster = new_postmaster(folder)
        await postmaster.start()
        database = await open_database(DatabaseLink(postmaster.home.url(), connections=8))
        us = Process.of(os.getpid())
        assert us is not None
        try:
            async with _written(OwnPostgres(postmaster, database)) as ledger:
                await postmaster.stop()
                await ledger.refuses()
                before = us.resident_bytes()
                progress(f"the database is away for {AWAY_SECONDS:g} s")
                await asyncio.sleep(AWAY_SECONDS)
                grown = us.resident_bytes() - before
                began = time.monotonic()
                await postmaster.start()
                await ledger.acknowledges()
                back = time.monotonic() - began
                lost = await _lost(ledger)
        finally:
            await database.close()
            await postmaster.stop()
    return [
        AWAY_LOST.row(lost, note=_note(ledger)),
        AWAY_CALL.row(ledger.longest_seconds),
        AWAY_GROWN.row(max(0, grown) / 1e6),
        AWAY_BACK.row(back),
    ]


async def measure_full() -> list[Row]:
    """A small file system, filled by somebody else and then emptied."""
    with _small_disk() as disk:
        async with own_postgres(disk) as postgres, _written(postgres, filler_bytes=2_000) as ledger:
            ballast = disk / "ballast"
            await asyncio.to_thread(_fill, ballast)
            await ledger.refuses(20)
            reads = await _reads(postgres)
            ballast.unlink()
            back = await ledger.acknowledges()
            lost = await _lost(ledger)
    note = f"{_note(ledger)}; a read meanwhile was {'answered' if reads else 'refused'}"
    return [FULL_LOST.row(lost, note=note), FULL_CALL.row(ledger.longest_seconds), FULL_BACK.row(back)]


@asynccontextmanager
async def _written(postgres: OwnPostgres, filler_bytes: int = 100) -> AsyncIterator[Ledger]:
    """Four writers at work, already acknowledged."""
    ledger = Ledger(postgres.database, filler_bytes)
    await ledger.prepare()
    async with ledger.writing():
        await ledger.acknowledges(BEFORE_ROWS)
        ledger.longest_seconds = 0.0
        yield ledger


async def _start(postmaster: Postmaster) -> float:
    """Stops it if it runs; the seconds from its start to the first answer."""
    await postmaster.stop()
    began = time.monotonic()
    await postmaster.start()
    database = await open_database(DatabaseLink(postmaster.home.url()))
    await database.fetch_value("select 1")
    seconds = time.monotonic() - began
    await database.close()
    return seconds


async def _lost(ledger: Ledger) -> int:
    """Asked until it can be answered: the breaker may be open for a moment."""
    while True:
        with suppress(DatabaseAway):
            return await ledger.lost()
        await asyncio.sleep(0.1)


async def _reads(postgres: OwnPostgres) -> bool:
    with suppress(DatabaseAway):
        return bool(await postgres.database.fetch_value("select count(*) > 0 from ledger"))
    return False


def _note(ledger: Ledger) -> str:
    return f"{len(ledger.acknowledged)} acknowledged, {ledger.refused} refused, longest call {ledger.longest_seconds:.2f} s"


def _fill(ballast: Path) -> None:
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65_536))


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="sonicforge-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o711)
        yield folder


@contextmanager
def _small_disk() -> Iterator[Path]:
    if os.geteuid() != 0:
        raise Unmeasured("only root can mount a small disk to fill")
    with _folder() as folder:
        disk = folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", disk], capture_output=True, check=False)
        if mounted.returncode:
            raise Unmeasured(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
        try:
            yield disk
        finally:
            subprocess.run(["umount", "-l", disk], check=True)


MEASUREMENTS: Final = (
    Measurement((COLD, WARM), measure_start, 60.0),
    Measurement((KILLED_LOST, KILLED_BACK), measure_killed, 60.0),
    Measurement((BACKEND_LOST, BACKEND_BACK), measure_backend, 60.0),
    Measurement((FROZEN_LOST, FROZEN_CALL, FROZEN_BACK), measure_frozen, 90.0),
    Measurement((AWAY_LOST, AWAY_CALL, AWAY_GROWN, AWAY_BACK), measure_away, 150.0),
    Measurement((FULL_LOST, FULL_CALL, FULL_BACK), measure_full, 90.0),
)
