"""Kinds of work for tests, a worker that runs for the length of a block, and waiting for what must become true."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from pydantic import BaseModel

from control.database.database import Database, open_database
from control.database.link import DatabaseLink
from control.jobs.job import Job, State
from control.jobs.kind import Backoff, Duty, Kind
from control.jobs.pace import WorkerPace
from control.jobs.schedule import Timetable
from control.jobs.service import Jobs
from control.jobs.worker import JobWorker
from tests.control.postgres import fresh_url

PROMPT = Backoff(first_seconds=0.02, factor=1.0, jitter=0.0)
HASTY = WorkerPace(seats=4, look_seconds=0.5, lease_seconds=2.0, pulse_seconds=0.1, drain_seconds=0.1)


class Note(BaseModel):
    """What test jobs work on."""

    words: str = ""
    number: int = 0


WRITE = Kind("test.write", Note, backoff=PROMPT, attempts=3, grace_seconds=0.05)


@asynccontextmanager
async def working(
    database: Database, url: str, *duties: Duty[Any], pace: WorkerPace = HASTY, timetable: Timetable | None = None
) -> AsyncIterator[JobWorker]:
    """A worker at work; it must have ended by itself at the end of the block."""
    ended = asyncio.Event()
    worker = JobWorker(database, url, duties, timetable, pace)
    task = asyncio.create_task(worker.run(ended))
    try:
        yield worker
    finally:
        ended.set()
        async with asyncio.timeout(20):
            await task


@dataclass(frozen=True, slots=True)
class House:
    """A fresh database, its address and its jobs."""

    url: str
    database: Database
    jobs: Jobs


@asynccontextmanager
async def opened() -> AsyncIterator[House]:
    """For the length of a block."""
    async with fresh_url() as url:
        database = await open_database(DatabaseLink(url, connections=5))
        try:
            yield House(url, database, Jobs(database))
        finally:
            await database.close()


async def until(true: Callable[[], Awaitable[Any]], seconds: float = 15.0) -> Any:
    """Asks again and again until the answer is something; fails after `seconds`."""
    async with asyncio.timeout(seconds):
        while True:
            if answer := await true():
                return answer
            await asyncio.sleep(0.02)


async def ended(jobs: Jobs, job_id: UUID, seconds: float = 15.0) -> Job:
    """The job, as soon as it has ended."""

    async def look() -> Job | None:
        job = await jobs.find(job_id)
        return job if job.state.is_final else None

    found: Job = await until(look, seconds)
    return found


async def reaches(jobs: Jobs, job_id: UUID, state: State, seconds: float = 15.0) -> Job:
    """The job, as soon as it stands there."""

    async def look() -> Job | None:
        job = await jobs.find(job_id)
        return job if job.state is state else None

    found: Job = await until(look, seconds)
    return found


def at_once(kind: Kind[Note], limit: int) -> Kind[Note]:
    return replace(kind, at_once=limit)


async def enqueue_many(jobs: Jobs, kind: Kind[Note], numbers: Sequence[int]) -> list[UUID]:
    return [await jobs.enqueue(kind, Note(number=number)) for number in numbers]
