"""Queueing, looking, cancelling and queueing again, in a real database and without any worker."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from control.database.database import Database
from control.database.server import Connection
from control.errors import Conflict, NotFound, TooLarge
from control.jobs.job import Queue, State
from control.jobs.kind import Kind
from control.jobs.service import Jobs
from tests.control.jobs.works import WRITE, Note, until
from tests.control.postgres import fresh_database

pytestmark = pytest.mark.real


async def rows(database: Database, table: str = "jobs") -> int:
    counts = {"jobs": "select count(*) from jobs", "pgqueuer": "select count(*) from pgqueuer"}
    count: int = await database.fetch_value(counts[table])
    return count


async def failing(database: Database, first: Callable[[Connection], Awaitable[Any]]) -> None:
    """A transaction of somebody's that fails after it has queued something."""
    async with database.transaction() as connection:
        await first(connection)
        await connection.execute("select 1 / 0")


async def test_a_new_job_waits_with_all_that_was_said_of_it() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        job_id = await jobs.enqueue(Kind("test.write", Note, queue=Queue.HIGH, attempts=7), Note(words="x"), dedupe_key="k")
        job = await jobs.find(job_id)
        assert (job.state, job.queue, job.attempts, job.most_attempts, job.dedupe_key) == (State.QUEUED, Queue.HIGH, 0, 7, "k")
        assert await database.fetch_value("select priority from pgqueuer") == 7


async def test_a_transaction_that_fails_leaves_no_job() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        with pytest.raises(asyncpg.DivisionByZeroError):
            await failing(database, lambda connection: jobs.enqueue(WRITE, Note(), connection=connection))
        assert await rows(database) == await rows(database, "pgqueuer") == 0


async def test_a_job_is_seen_by_others_only_when_the_caller_has_committed() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        async with database.transaction() as connection:
            job_id = await jobs.enqueue(WRITE, Note(), connection=connection)
            with pytest.raises(NotFound):
                await jobs.find(job_id)
        assert (await jobs.find(job_id)).state is State.QUEUED
        assert await rows(database, "pgqueuer") == 1


async def test_of_a_hundred_at_once_with_one_key_one_job_comes() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        ids = await asyncio.gather(*(jobs.enqueue(WRITE, Note(number=number), dedupe_key="only") for number in range(100)))
        assert len(set(ids)) == 1
        assert await rows(database) == await rows(database, "pgqueuer") == 1


async def test_keys_of_two_kinds_have_nothing_to_do_with_one_another() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        first = await jobs.enqueue(WRITE, Note(), dedupe_key="k")
        assert await jobs.enqueue(Kind("test.other", Note), Note(), dedupe_key="k") != first


async def test_a_key_waits_for_the_transaction_that_holds_it_and_is_free_when_that_fails() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        lost: list[UUID] = []
        waiting: list[asyncio.Task[UUID]] = []

        async def hold(connection: Connection) -> None:
            lost.append(await jobs.enqueue(WRITE, Note(), connection=connection, dedupe_key="k"))
            waiting.append(asyncio.create_task(jobs.enqueue(WRITE, Note(), dedupe_key="k")))
            await until(lambda: database.fetch_value("select exists (select from pg_locks where not granted)"))

        with pytest.raises(asyncpg.DivisionByZeroError):
            await failing(database, hold)
        assert await waiting[0] != lost[0]
        assert await rows(database) == 1


async def test_a_waiting_job_is_cancelled_at_once_and_its_key_is_free() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        job_id = await jobs.enqueue(WRITE, Note(), dedupe_key="k")
        job = await jobs.cancel(job_id)
        assert job.state is State.CANCELLED
        assert job.finished_at is not None
        assert await rows(database, "pgqueuer") == 0
        assert await jobs.enqueue(WRITE, Note(), dedupe_key="k") != job_id
        with pytest.raises(Conflict):
            await jobs.cancel(job_id)


async def test_a_cancelled_job_is_queued_again_in_the_same_row() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        job_id = await jobs.enqueue(WRITE, Note())
        with pytest.raises(Conflict):
            await jobs.retry(job_id)
        await jobs.cancel(job_id)
        job = await jobs.retry(job_id)
        assert (job.state, job.attempts, job.finished_at, job.cancel_asked) == (State.QUEUED, 0, None, False)
        assert await rows(database, "pgqueuer") == 1


async def test_fifty_who_queue_it_again_at_once_do_so_once() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        job_id = await jobs.enqueue(WRITE, Note())
        await jobs.cancel(job_id)
        answers = await asyncio.gather(*(jobs.retry(job_id) for _ in range(50)), return_exceptions=True)
        assert sum(not isinstance(answer, Exception) for answer in answers) == 1
        assert all(isinstance(answer, Conflict) for answer in answers if isinstance(answer, Exception))
        assert await rows(database, "pgqueuer") == 1


async def test_what_is_not_there_is_not_found() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        for ask in (jobs.find, jobs.cancel, jobs.retry):
            with pytest.raises(NotFound):
                await ask(uuid4())


async def test_payloads_and_keys_have_bounds() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        with pytest.raises(TooLarge):
            await jobs.enqueue(WRITE, Note(words="x" * 1_100_000))
        with pytest.raises(ValueError, match="dedupe key"):
            await jobs.enqueue(WRITE, Note(), dedupe_key="k" * 201)
        assert await rows(database) == 0


async def test_pages_go_from_the_newest_to_the_oldest_and_are_filtered() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        other = Kind("test.other", Note)
        ids = [await jobs.enqueue(other if number % 3 == 0 else WRITE, Note(number=number)) for number in range(9)]
        await jobs.cancel(ids[4])
        first = await jobs.page(None, None, None, 5)
        second = await jobs.page(None, None, first[-1].id, 5)
        assert [job.id for job in (*first, *second)] == ids[::-1]
        assert [job.id for job in await jobs.page(None, "test.other", None, 50)] == [ids[6], ids[3], ids[0]]
        assert [job.id for job in await jobs.page(State.CANCELLED, "test.write", None, 50)] == [ids[4]]


async def test_tallies_count_and_tell_how_long_the_oldest_has_been_due() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        await jobs.enqueue(WRITE, Note())
        await jobs.enqueue(WRITE, Note(), delay_seconds=3600)
        await jobs.cancel(await jobs.enqueue(WRITE, Note()))
        await jobs.enqueue(Kind("test.other", Note), Note(), delay_seconds=3600)
        tallies = {(tally.kind, tally.state): tally for tally in await jobs.tallies()}
        assert {key: tally.count for key, tally in tallies.items()} == {
            ("test.write", State.QUEUED): 2,
            ("test.write", State.CANCELLED): 1,
            ("test.other", State.QUEUED): 1,
        }
        due = tallies["test.write", State.QUEUED].oldest_due_seconds
        assert due is not None
        assert 0 <= due < 60
        assert tallies["test.other", State.QUEUED].oldest_due_seconds is None


async def test_standing_tells_what_waits_and_for_how_long() -> None:
    async with fresh_database() as database:
        jobs = Jobs(database)
        assert (await jobs.standing()).oldest_due_seconds == 0
        job_id = await jobs.enqueue(WRITE, Note())
        await jobs.enqueue(WRITE, Note(), delay_seconds=60)
        await database.execute("update jobs set run_after = now() - interval '5 minutes' where id = $1", job_id)
        standing = await jobs.standing()
        assert (standing.queued, standing.running, standing.failed, standing.dead) == (2, 0, 0, 0)
        assert 300 <= standing.oldest_due_seconds < 310
