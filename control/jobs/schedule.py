"""Work that comes back by the clock: declared in code, queued once however many workers look at the clock.

The clock is the database's, in UTC. Each time is taken by one worker, in the transaction that queues the job; times that passed while no
worker lived are made up by one job, not by one each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from croniter import croniter  # type: ignore[import-untyped]
from pydantic import BaseModel

from control.database.database import Database
from control.jobs import repository
from control.jobs.kind import Kind
from control.jobs.service import Jobs


@dataclass(frozen=True, slots=True)
class Schedule:
    """When to queue what."""

    name: str
    cron: str
    """Five fields, UTC: `*/15 * * * *`; six with seconds as the last."""
    kind: Kind[Any]
    payload: BaseModel

    def __post_init__(self) -> None:
        if not croniter.is_valid(self.cron):
            raise ValueError(f"{self.name}: {self.cron!r} is no cron expression")

    def next_after(self, moment: datetime) -> datetime:
        """The first time after that moment."""
        following: datetime = croniter(self.cron, moment).get_next(datetime)
        return following


class Timetable:
    """All schedules of the house, as one worker keeps them."""

    def __init__(self, database: Database, jobs: Jobs, schedules: Sequence[Schedule]) -> None:
        names = [schedule.name for schedule in schedules]
        if len(set(names)) < len(names):
            raise ValueError("two schedules have the same name")
        self._database = database
        self._jobs = jobs
        self._schedules = {schedule.name: schedule for schedule in schedules}
        self._registered = False

    async def keep(self) -> float | None:
        """Queues what is due. Seconds until the next one; None without schedules."""
        if not self._schedules:
            return None
        names = list(self._schedules)
        async with self._database.transaction() as connection:
            now = await repository.database_time(connection)
            if not self._registered:
                for each in self._schedules.values():
                    await repository.register_schedule(connection, each.name, each.cron, each.next_after(now))
            for name, due_at in await repository.due_schedules(connection, names):
                schedule = self._schedules[name]
                key = f"{name} {due_at.isoformat()}"
                job_id = await self._jobs.enqueue(schedule.kind, schedule.payload, connection=connection, dedupe_key=key, schedule=name)
                await repository.note_scheduled(connection, name, job_id, schedule.next_after(now))
            wait = await repository.seconds_to_next(connection, names)
        self._registered = True
        return wait
