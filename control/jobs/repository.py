"""The rows of jobs: queue one, find some, cancel, queue again, clear away.

Whoever takes both rows of a job takes the queue's first, then ours, as workers do (control/jobs/claims.py): so nobody waits in a ring.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from asyncpg import Record

from control.database.database import Database
from control.database.server import Connection
from control.jobs.job import DEAD_LETTERS, Job, Queue, State

if TYPE_CHECKING:
    from pgqueuer.adapters.persistence.queries import Queries

CLEARED_AT_ONCE: Final = 1_000
LOG_DAYS: Final = 1.0
"""pgqueuer's log is read for rate limits only, a minute back."""


@dataclass(frozen=True, slots=True)
class NewJob:
    """What is known of a job before it has a row."""

    kind: str
    queue: Queue
    most_attempts: int
    payload: bytes
    payload_packed: bool
    run_after_seconds: float = 0.0
    dedupe_key: str | None = None
    account_id: UUID | None = None
    schedule: str | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many jobs of a kind stand where, and how long the oldest of them has been due."""

    kind: str
    queue: Queue
    state: State
    count: int
    oldest_due_seconds: float | None
    """Of those queued."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How the jobs stand, in four numbers and an age."""

    queued: int
    running: int
    failed: int
    dead: int
    oldest_due_seconds: float
    """How long the oldest job that could run has waited; minutes mean that no worker lives, or too few."""


async def insert(connection: Connection, new: NewJob) -> UUID | None:
    """Writes both rows of a job. None if its key is taken."""
    job_id: UUID | None = await connection.fetchval(
        """insert into jobs (kind, queue, most_attempts, payload, payload_packed, run_after, dedupe_key, account_id, schedule)
        values ($1, $2, $3, $4, $5, now() + $6, $7, $8, $9)
        on conflict (kind, dedupe_key) where dedupe_key is not null do nothing returning id""",
        *(new.kind, new.queue.value, new.most_attempts, new.payload, new.payload_packed, timedelta(seconds=new.run_after_seconds)),
        *(new.dedupe_key, new.account_id, new.schedule),
    )
    if job_id is not None:
        await _put_in_queue(connection, job_id, new.kind, new.queue, new.run_after_seconds)
    return job_id


async def find_by_key(connection: Connection, kind: str, dedupe_key: str) -> UUID | None:
    """The job that holds a key."""
    found: UUID | None = await connection.fetchval("select id from jobs where kind = $1 and dedupe_key = $2", kind, dedupe_key)
    return found


async def take(connection: Connection, job_id: UUID) -> tuple[Job, int | None] | None:
    """The job and its place in the queue, both locked until the transaction ends."""
    await connection.fetch("select id from pgqueuer where id = (select queue_id from jobs where id = $1) for update", job_id)
    await connection.fetch("select id from jobs where id = $1 for update", job_id)
    row = await connection.fetchrow("select * from jobs_seen where id = $1", job_id)
    return None if row is None else (job_of(row), row["queue_id"])


async def cancel_queued(connection: Connection, job_id: UUID, queue_id: int | None) -> None:
    """Ends a job that nobody works on. Its key is free again."""
    if queue_id is not None:
        await connection.execute("delete from pgqueuer where id = $1", queue_id)
    await connection.execute(
        """update jobs set state = 'cancelled', queue_id = null, dedupe_key = null, cancel_asked = true, finished_at = now()
        where id = $1""",
        job_id,
    )


async def ask_to_cancel(connection: Connection, job_id: UUID, queue_id: int) -> None:
    """Leaves word for the worker, and rings it."""
    await connection.execute("update jobs set cancel_asked = true where id = $1", job_id)
    from pgqueuer.domain.types import JobId

    await _queue(connection).notify_job_cancellation([JobId(queue_id)])


async def queue_again(connection: Connection, job: Job) -> None:
    """Gives a job that has ended a fresh set of attempts."""
    await connection.execute(
        """update jobs set state = 'queued', attempts = 0, progress = 0, progress_words = '', cancel_asked = false, result = null,
        run_after = now(), started_at = null, finished_at = null where id = $1""",
        job.id,
    )
    await _put_in_queue(connection, job.id, job.kind, job.queue, 0.0)


async def _put_in_queue(connection: Connection, job_id: UUID, kind: str, queue: Queue, run_after_seconds: float) -> None:
    after = timedelta(seconds=run_after_seconds) if run_after_seconds > 0 else None
    [queue_id] = await _queue(connection).enqueue(kind, job_id.bytes, queue.priority, after)
    await connection.execute("update jobs set queue_id = $2 where id = $1", job_id, queue_id)


class JobRepository:
    """Reads, and what needs no transaction of the caller."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def find(self, job_id: UUID) -> Job | None:
        row = await self._database.fetch_row("select * from jobs_seen where id = $1", job_id)
        return None if row is None else job_of(row)

    async def page(self, state: State | None, kind: str | None, before: UUID | None, limit: int) -> list[Job]:
        """The newest first; ids grow with time."""
        rows = await self._database.read(
            """select * from jobs_seen where ($1::text is null or state = $1) and ($2::text is null or kind = $2)
            and ($3::uuid is null or id < $3) order by id desc limit $4""",
            *(state and state.value, kind, before, limit),
        )
        return [job_of(row) for row in rows]

    async def dead_letters(self, limit: int) -> list[Job]:
        """The newest first."""
        rows = await self._database.read(
            "select * from jobs_seen where state = any($1) order by id desc limit $2",
            *([state.value for state in DEAD_LETTERS], limit),
        )
        return [job_of(row) for row in rows]

    async def tallies(self) -> list[Tally]:
        rows = await self._database.read(
            """select kind, queue, state, count(*) as count,
            extract(epoch from now() - min(run_after) filter (where state = 'queued' and run_after < now()))::float8 as due
            from jobs group by kind, queue, state order by kind, queue, state"""
        )
        return [Tally(row["kind"], Queue(row["queue"]), State(row["state"]), row["count"], row["due"]) for row in rows]

    async def standing(self) -> Standing:
        row = await self._database.fetch_row(
            """select count(*) filter (where state = 'queued') as queued, count(*) filter (where state = 'running') as running,
            count(*) filter (where state = 'failed') as failed, count(*) filter (where state = 'dead') as dead,
            coalesce(extract(epoch from now() - min(run_after) filter (where state = 'queued' and run_after < now())), 0)::float8 as oldest
            from jobs where state in ('queued', 'running', 'failed', 'dead')"""
        )
        return Standing(*row) if row is not None else Standing(0, 0, 0, 0, 0.0)

    async def clear(self, keep_days: Mapping[State, float]) -> int:
        """Takes away jobs that ended longer ago, at most CLEARED_AT_ONCE of each state; how many. Call again while it is that many."""
        cleared = 0
        for state, days in keep_days.items():
            tag = await self._database.execute(
                """delete from jobs where id in
                (select id from jobs where finished_at < now() - $2::interval and state = $1 limit $3 for update skip locked)""",
                *(state.value, timedelta(days=days), CLEARED_AT_ONCE),
            )
            cleared += int(tag.rpartition(" ")[2])
        await self._database.execute(
            "delete from pgqueuer_log where id in (select id from pgqueuer_log where created < now() - $1::interval limit $2)",
            *(timedelta(days=LOG_DAYS), 10 * CLEARED_AT_ONCE),
        )
        return cleared


def job_of(row: Record) -> Job:
    """A row of jobs_seen."""
    values: dict[str, Any] = {name: row[name] for name in Job.__slots__}
    values["queue"] = Queue(row["queue"])
    values["state"] = State(row["state"])
    values["result"] = None if row["result"] is None else json.loads(row["result"])
    return Job(**values)


async def register_schedule(connection: Connection, name: str, cron: str, next_run_at: datetime) -> None:
    """Writes a schedule down, unless it stands there with the same times."""
    await connection.execute(
        """insert into job_schedules (name, cron, next_run_at) values ($1, $2, $3)
        on conflict (name) do update set cron = excluded.cron, next_run_at = excluded.next_run_at
        where job_schedules.cron <> excluded.cron""",
        *(name, cron, next_run_at),
    )


async def due_schedules(connection: Connection, names: list[str]) -> list[tuple[str, datetime]]:
    """(name, when it was due) of those that are due and that no other worker has in hand; locked."""
    rows = await connection.fetch(
        "select name, next_run_at from job_schedules where name = any($1) and next_run_at <= now() order by name for update skip locked",
        names,
    )
    return [(row["name"], row["next_run_at"]) for row in rows]


async def note_scheduled(connection: Connection, name: str, job_id: UUID, next_run_at: datetime) -> None:
    await connection.execute(
        "update job_schedules set last_run_at = next_run_at, last_job_id = $2, next_run_at = $3 where name = $1", name, job_id, next_run_at
    )


async def database_time(connection: Connection) -> datetime:
    """The one clock that all workers share."""
    now: datetime = await connection.fetchval("select now()")
    return now


async def seconds_to_next(connection: Connection, names: list[str]) -> float | None:
    """Until the next schedule is due."""
    wait: float | None = await connection.fetchval(
        "select extract(epoch from min(next_run_at) - clock_timestamp())::float8 from job_schedules where name = any($1)", names
    )
    return wait


def _queue(connection: Connection) -> "Queries":
    """pgqueuer takes half a second to import, and a front that only shows jobs must start in one."""
    from control.jobs.pgqueue import queries

    return queries(connection)
