"""A worker of the office's jobs, put together and run: in the worker's process, or alone on any machine that reaches the database."""

from asyncio import Event
from collections.abc import Sequence
from typing import Any

from control.database.database import open_database
from control.database.link import DatabaseLink
from control.jobs.job import State
from control.jobs.kind import Duty
from control.jobs.pace import WorkerPace
from control.jobs.schedule import Schedule, Timetable
from control.jobs.service import Jobs
from control.jobs.worker import JobWorker
from sonicforge.config import Settings


def worker_pace(settings: Settings) -> WorkerPace:
    """[jobs]."""
    jobs = settings.jobs
    kept = {State.DONE: jobs.keep_done_days, State.CANCELLED: jobs.keep_done_days}
    kept |= {State.FAILED: jobs.keep_dead_days, State.DEAD: jobs.keep_dead_days}
    return WorkerPace(seats=jobs.seats, lease_seconds=jobs.lease_seconds, drain_seconds=jobs.drain_seconds, keep_days=kept)


async def run_jobs(
    link: DatabaseLink, duties: Sequence[Duty[Any]], ended: Event, schedules: Sequence[Schedule] = (), pace: WorkerPace | None = None
) -> None:
    """Works until `ended`, whether the database is there or not. Holds one connection beside the link's: the one that hears the bell."""
    database = await open_database(link)
    try:
        timetable = Timetable(database, Jobs(database), schedules)
        await JobWorker(database, link.url, duties, timetable, pace).run(ended)
    finally:
        await database.close()
