"""What workers do while the database is away."""

import asyncio
import os
import signal

import pytest

from benchmarks.own_postgres import own_postgres
from control.database.database import open_database
from control.database.link import DatabaseLink
from control.database.migration import migrate
from control.errors import DatabaseAway
from control.jobs.job import State
from control.jobs.kind import Duty, Result
from control.jobs.run import Run
from control.jobs.service import Jobs
from tests.control.jobs.works import WRITE, Note, reaches, until, working
from tests.control.postgres import fresh_url

pytestmark = [pytest.mark.real, pytest.mark.timeout(90)]


async def test_work_goes_on_over_a_killed_database_and_is_written_down_when_it_is_back() -> None:
    async with own_postgres() as postgres:
        url, jobs, go_on = postgres.postmaster.home.url(), Jobs(postgres.database), asyncio.Event()

        async def work(note: Note, _run: Run) -> Result:
            if note.number == 1:
                await go_on.wait()
            return {"number": note.number}

        first = await jobs.enqueue(WRITE, Note(number=1))
        async with working(postgres.database, url, Duty(WRITE, work)) as worker:
            await reaches(jobs, first, State.RUNNING)
            os.kill(postgres.postmaster_pid(), signal.SIGKILL)
            await until(lambda: _away(postgres.database.fetch_value("select 1")))
            go_on.set()
            done = await _back(jobs, first)
            assert (done.state, done.result) == (State.DONE, {"number": 1})
            second = await until(lambda: _queued(jobs, 2))
            assert (await reaches(jobs, second, State.DONE)).attempts == 1
            await asyncio.wait_for(worker.bell.hears.wait(), 10)


async def test_a_worker_may_be_there_before_its_database_and_ends_without_it() -> None:
    database = await open_database(DatabaseLink("postgresql://nobody@127.0.0.1:1/none", connections=2))

    async def never(note: Note, _run: Run) -> Result:
        raise AssertionError(note)

    async with asyncio.timeout(15):
        async with working(database, "postgresql://nobody@127.0.0.1:1/none", Duty(WRITE, never)) as worker:
            await until(lambda: _away(database.fetch_value("select 1")))
            assert worker.running == 0
        await database.close()


async def test_a_worker_waits_for_its_tables() -> None:
    async with fresh_url(migrated=False) as url:
        database = await open_database(DatabaseLink(url, connections=3))
        jobs = Jobs(database)

        async def work(_note: Note, _run: Run) -> Result:
            return None

        async with working(database, url, Duty(WRITE, work)):
            await until(
                lambda: database.fetch_value("select exists (select from pg_stat_activity where application_name = 'sonicforge jobs')")
            )
            await migrate(url)
            job_id = await jobs.enqueue(WRITE, Note())
            await reaches(jobs, job_id, State.DONE)
        await database.close()


async def _away(call: asyncio.Future[object]) -> bool:
    try:
        await call
    except DatabaseAway:
        return True
    return False


async def _back(jobs: Jobs, job_id: object) -> object:
    async def look() -> object:
        try:
            job = await jobs.find(job_id)  # type: ignore[arg-type]
        except DatabaseAway:
            return None
        return job if job.state.is_final else None

    return await until(look, 30)


async def _queued(jobs: Jobs, number: int) -> object:
    try:
        return await jobs.enqueue(WRITE, Note(number=number))
    except DatabaseAway:
        return None
