"""Workers that are killed in the middle of a take: SIGKILL, real processes, a real PostgreSQL, a real catalogue."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from control.jobs.job import State
from control.pipeline.booking import MAKE, Booked
from server.catalogue.catalogue import Catalogue
from tests.control.jobs.works import ended, opened

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
WISH = Booked(station="main", genre="house", seed=7, seconds=60.0)
PATIENCE_SECONDS = 90.0
"""Each worker is a process that imports half the house."""


@asynccontextmanager
async def studio(url: str, folder: Path) -> AsyncIterator[Process]:
    """One worker; killed at the end of the block if it still lives."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.control.pipeline.studio_program", url, str(folder), stdout=PIPE
    )
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def says(process: Process, word: str) -> str:
    """The next line that begins with that word."""
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE_SECONDS):
        while line := (await process.stdout.readline()).decode().strip():
            if line.startswith(word):
                return line
    raise AssertionError("the worker ended")


def tracks(folder: Path) -> list[str]:
    """What another process finds in the catalogue."""
    catalogue = Catalogue(folder / "catalogue")
    catalogue.refresh()
    return sorted(path.stem for path in (folder / "catalogue" / "studio").glob("*.json") if catalogue.track(path.stem) is not None)


def sounds(folder: Path) -> list[str]:
    """What was kept of them."""
    return sorted(path.stem for path in folder.glob("*.npy"))


@pytest.mark.parametrize(("words", "when"), [("slow", "begun"), ("kept", "kept")])
async def test_a_worker_killed_in_the_middle_is_followed_by_another_and_there_is_one_track(tmp_path: Path, words: str, when: str) -> None:
    booked = WISH.model_copy(update={"words": words})
    async with opened() as house:
        job_id = await house.jobs.enqueue(MAKE, booked)
        async with studio(house.url, tmp_path) as first:
            assert (await says(first, when)).split()[1] == booked.brief().id
            first.send_signal(signal.SIGKILL)
            assert await asyncio.wait_for(first.wait(), 30) == -signal.SIGKILL
        assert not (await house.jobs.find(job_id)).state.is_final
        (tmp_path / "hurry").touch()
        async with studio(house.url, tmp_path):
            job = await ended(house.jobs, job_id, PATIENCE_SECONDS)
    assert (job.state, job.attempts) == (State.DONE, 2)
    assert tracks(tmp_path) == [booked.brief().id]
    assert sounds(tmp_path) == [booked.brief().id]


async def test_a_booking_that_kills_three_workers_is_dead_and_the_fourth_goes_on_with_others(tmp_path: Path) -> None:
    async with opened() as house:
        poison = await house.jobs.enqueue(MAKE, WISH.model_copy(update={"words": "poison"}))
        for _ in range(3):
            async with studio(house.url, tmp_path) as worker:
                await says(worker, "begun")
                assert await asyncio.wait_for(worker.wait(), 30) == -signal.SIGKILL
        good = await house.jobs.enqueue(MAKE, WISH)
        async with studio(house.url, tmp_path) as worker:
            dead = await ended(house.jobs, poison, PATIENCE_SECONDS)
            done = await ended(house.jobs, good, PATIENCE_SECONDS)
            assert worker.returncode is None
    assert (dead.state, dead.attempts, dead.error) == (State.DEAD, 3, "The worker of attempt 3 ended without a word")
    assert done.state is State.DONE
    assert tracks(tmp_path) == [WISH.brief().id]
