"""Worker processes that are killed, frozen and ended in the middle of a job."""

import asyncio
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest

from control.jobs.job import State
from control.jobs.kind import Duty
from tests.control.jobs.worker_program import LONG, PACE, POISON, linger
from tests.control.jobs.works import Note, ended, opened, reaches, working

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]


@asynccontextmanager
async def worker_process(url: str) -> AsyncIterator[Process]:
    """One worker; killed at the end of the block if it still lives."""
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.control.jobs.worker_program", url, stdout=PIPE)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def line(process: Process) -> str:
    """The next attempt that it tells of, among what it logs."""
    assert process.stdout is not None
    async with asyncio.timeout(30):
        while words := (await process.stdout.readline()).decode().strip():
            if words.startswith(("long", "poison")):
                return words
    raise AssertionError("the worker ended")


async def test_a_poison_job_kills_as_many_workers_as_it_has_attempts_and_is_dead() -> None:
    async with opened() as house:
        job_id = await house.jobs.enqueue(POISON, Note())
        for attempt in (1, 2, 3):
            async with worker_process(house.url) as process:
                assert await line(process) == f"poison {attempt}"
                assert await asyncio.wait_for(process.wait(), 10) == -signal.SIGKILL
        async with worker_process(house.url) as process:
            job = await ended(house.jobs, job_id, seconds=30)
            assert process.returncode is None
        assert (job.state, job.attempts) == (State.DEAD, 3)
        assert job.error == "The worker of attempt 3 ended without a word"
        assert [letter.id for letter in await house.jobs.dead_letters()] == [job_id]


async def test_the_job_of_a_killed_worker_is_done_by_another() -> None:
    async with opened() as house:
        job_id = await house.jobs.enqueue(LONG, Note())
        async with worker_process(house.url) as process:
            assert await line(process) == "long 1"
            process.kill()
            async with working(house.database, house.url, Duty(LONG, linger), pace=PACE):
                job = await ended(house.jobs, job_id)
        assert (job.state, job.result, job.attempts) == (State.DONE, {"attempt": 2}, 2)


async def test_a_frozen_worker_that_wakes_up_changes_nothing_and_takes_new_work() -> None:
    async with opened() as house:
        job_id = await house.jobs.enqueue(LONG, Note())
        async with worker_process(house.url) as process:
            assert await line(process) == "long 1"
            process.send_signal(signal.SIGSTOP)
            async with working(house.database, house.url, Duty(LONG, linger), pace=PACE):
                job = await ended(house.jobs, job_id)
            process.send_signal(signal.SIGCONT)
            next_id = await house.jobs.enqueue(LONG, Note())
            assert await line(process) == "long 1"
            await reaches(house.jobs, next_id, State.RUNNING)
            assert await house.jobs.find(job_id) == job
            assert job.result == {"attempt": 2}


async def test_an_ended_worker_goes_in_peace_and_hands_its_job_back() -> None:
    async with opened() as house:
        job_id = await house.jobs.enqueue(LONG, Note())
        async with worker_process(house.url) as process:
            assert await line(process) == "long 1"
            process.terminate()
            assert await asyncio.wait_for(process.wait(), 15) == 0
        job = await house.jobs.find(job_id)
        assert (job.state, job.attempts) == (State.QUEUED, 0)
