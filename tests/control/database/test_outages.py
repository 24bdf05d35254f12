"""What the database does to those who use it when it is killed, frozen or full: refusals in time, and nothing acknowledged is lost."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from benchmarks.ledger import Ledger
from benchmarks.own_postgres import own_postgres

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]
BACK_SECONDS = 5.0
DISK_MEGABYTES = 160
LONGEST_CALL_SECONDS = 3.0


async def test_killed_postmaster_is_back_with_every_acknowledged_row() -> None:
    async with own_postgres() as postgres:
        ledger = Ledger(postgres.database)
        await ledger.prepare()
        async with ledger.writing():
            await ledger.acknowledges(50)
            killed = postgres.postmaster_pid()
            os.kill(killed, signal.SIGKILL)
            async with asyncio.timeout(BACK_SECONDS):
                await postgres.restarted(killed)
                await ledger.acknowledges(1)
            assert ledger.refused > 0
        assert await ledger.lost() == 0
        assert ledger.longest_seconds <= LONGEST_CALL_SECONDS


async def test_killed_backend_costs_a_moment() -> None:
    async with own_postgres() as postgres:
        ledger = Ledger(postgres.database)
        await ledger.prepare()
        async with ledger.writing():
            await ledger.acknowledges(50)
            async with postgres.database.transaction() as connection:
                victim = connection.get_server_pid()
            postmaster = postgres.postmaster_pid()
            os.kill(victim, signal.SIGKILL)
            await ledger.refuses(1)
            assert await ledger.acknowledges(1) <= BACK_SECONDS
            assert postgres.postmaster_pid() == postmaster
        assert await ledger.lost() == 0
        assert ledger.longest_seconds <= LONGEST_CALL_SECONDS


async def test_frozen_backend_delays_its_own_call_only() -> None:
    async with own_postgres() as postgres:
        ledger = Ledger(postgres.database)
        await ledger.prepare()
        async with postgres.database.transaction() as connection:
            frozen = connection.get_server_pid()
        os.kill(frozen, signal.SIGSTOP)
        try:
            async with ledger.writing():
                await ledger.refuses(1)  # the one that got the frozen backend
                assert not postgres.database.away
                await ledger.acknowledges(200)
        finally:
            os.kill(frozen, signal.SIGCONT)
        assert ledger.longest_seconds <= LONGEST_CALL_SECONDS
        assert await ledger.lost() == 0


async def test_frozen_server_refuses_at_once_and_is_back_when_it_thaws() -> None:
    async with own_postgres() as postgres:
        ledger = Ledger(postgres.database)
        await ledger.prepare()
        async with ledger.writing():
            await ledger.acknowledges(50)
            frozen = postgres.pids()
            for pid in frozen:
                os.kill(pid, signal.SIGSTOP)
            await ledger.refuses(8)
            async with asyncio.timeout(LONGEST_CALL_SECONDS):
                while not postgres.database.away:  # noqa: ASYNC110 -- the breaker tells nobody
                    await asyncio.sleep(0.01)
            before = time.monotonic()
            await ledger.refuses(20)
            assert time.monotonic() - before < 1.0  # nobody waits for it any more
            for pid in frozen:
                os.kill(pid, signal.SIGCONT)
            assert await ledger.acknowledges(1) <= BACK_SECONDS
        assert ledger.longest_seconds <= LONGEST_CALL_SECONDS
        assert await ledger.lost() == 0


async def test_a_server_that_says_nothing_any_more_is_started_again() -> None:
    async with own_postgres(hung_seconds=1.5) as postgres:
        ledger = Ledger(postgres.database)
        await ledger.prepare()
        async with ledger.writing():
            await ledger.acknowledges(50)
            hung = postgres.postmaster_pid()
            for pid in postgres.pids():
                os.kill(pid, signal.SIGSTOP)
            async with asyncio.timeout(30):
                await postgres.restarted(hung)
                await ledger.acknowledges(1)
        assert await ledger.lost() == 0


async def test_frozen_backend_does_not_hold_up_the_restart_after_a_kill() -> None:
    """It keeps the shared memory of the postmaster that was killed, for which PostgreSQL itself would wait for ever."""
    async with own_postgres() as postgres:
        ledger = Ledger(postgres.database)
        await ledger.prepare()
        async with ledger.writing():
            await ledger.acknowledges(50)
            async with postgres.database.transaction() as connection:
                backend, postmaster = connection.get_server_pid(), postgres.postmaster_pid()
            os.kill(backend, signal.SIGSTOP)
            os.kill(postmaster, signal.SIGKILL)
            async with asyncio.timeout(BACK_SECONDS):
                await postgres.restarted(postmaster)
                await ledger.acknowledges(1)
        assert await ledger.lost() == 0


async def test_full_disk_refuses_writes_answers_reads_and_mends_itself() -> None:
    with small_disk() as disk:
        async with own_postgres(disk) as postgres:
            ledger = Ledger(postgres.database, filler_bytes=2_000)
            await ledger.prepare()
            async with ledger.writing():
                await ledger.acknowledges(100)
                ballast = disk / "ballast"
                fill(ballast)
                await ledger.refuses(20)
                ballast.unlink()
                assert await ledger.acknowledges(1) <= BACK_SECONDS
            assert ledger.longest_seconds <= LONGEST_CALL_SECONDS
            assert await ledger.lost() == 0


def fill(ballast: Path) -> None:
    """Until the disk has no room."""
    with suppress(OSError), ballast.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(65_536))


@contextmanager
def small_disk() -> Iterator[Path]:
    """A file system of its own, that is soon full."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk to fill")
    disk = Path(f"/tmp/sonicforge-disk-{os.getpid()}")
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MEGABYTES}m", "tmpfs", disk], capture_output=True, check=False)
    if mounted.returncode:
        disk.rmdir()
        pytest.skip(f"no tmpfs can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
        disk.rmdir()
