"""What the house does with jobs: queue, look, cancel, queue again. Doing them is a worker's business."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from pydantic import BaseModel

from control.database.database import Database
from control.database.server import Connection
from control.errors import Conflict, NotFound
from control.jobs import repository
from control.jobs.job import Job, Queue, State
from control.jobs.kind import Kind
from control.jobs.payload import pack
from control.jobs.repository import JobRepository, NewJob, Standing, Tally
from control.principal import Principal

Payload = TypeVar("Payload", bound=BaseModel)

KEY_TRIES: Final = 3
LONGEST_KEY: Final = 200


class Journal(Protocol):
    """Where it is written down who did what (control/audit/log.py)."""

    async def record(
        self,
        event: str,
        *,
        actor: Principal | None,
        subject: str | None = None,
        detail: Mapping[str, Any] | None = None,
        client: str = "",
        connection: "Connection | None" = None,
    ) -> None: ...


class Jobs:
    """The jobs of a house. Every call raises DatabaseAway if the database does not answer."""

    def __init__(self, database: Database, journal: Journal | None = None) -> None:
        self._database = database
        self._journal = journal
        self._repository = JobRepository(database)

    async def enqueue(
        self,
        kind: Kind[Payload],
        payload: Payload,
        *,
        connection: "Connection | None" = None,
        dedupe_key: str | None = None,
        delay_seconds: float = 0.0,
        account_id: UUID | None = None,
        schedule: str | None = None,
        queue: Queue | None = None,
    ) -> UUID:
        """Queues a job and answers its id, or the id of the job of this kind that holds the same key. `queue`: another one than its kind's.

        With `connection` the job is part of the caller's transaction: it exists if and only if that is committed. Raises TooLarge.
        """
        stored, packed = pack(payload.model_dump_json().encode())
        if dedupe_key is not None and not 0 < len(dedupe_key) <= LONGEST_KEY:
            raise ValueError(f"a dedupe key has 1 to {LONGEST_KEY} characters")
        new = NewJob(kind.name, queue or kind.queue, kind.attempts, stored, packed, delay_seconds, dedupe_key, account_id, schedule)
        async with self._within(connection) as inside:
            for _ in range(KEY_TRIES):
                job_id = await repository.insert(inside, new)
                if job_id is None and dedupe_key is not None:
                    job_id = await repository.find_by_key(inside, kind.name, dedupe_key)
                if job_id is not None:
                    return job_id
        raise Conflict("Jobs with this key come and go too quickly; try again.")

    async def find(self, job_id: UUID) -> Job:
        """Raises NotFound."""
        job = await self._repository.find(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        return job

    async def page(self, state: State | None, kind: str | None, before: UUID | None, limit: int) -> list[Job]:
        """The newest first; `before` is the last id of the page before."""
        return await self._repository.page(state, kind, before, limit)

    async def dead_letters(self, limit: int = 50) -> list[Job]:
        """Jobs that failed or died, the newest first: for a person to look at."""
        return await self._repository.dead_letters(limit)

    async def cancel(self, job_id: UUID, actor: Principal | None = None, client: str = "") -> Job:
        """Ends a job that waits at once, and asks one that runs to end. Raises NotFound; Conflict for one that has ended."""
        async with self._database.transaction() as connection:
            taken = await repository.take(connection, job_id)
            if taken is None:
                raise NotFound("There is no such job.")
            job, queue_id = taken
            if job.state.is_final:
                raise Conflict(f"The job is {job.state} already.")
            if job.state is State.RUNNING and queue_id is not None:
                await repository.ask_to_cancel(connection, job_id, queue_id)
            else:
                await repository.cancel_queued(connection, job_id, queue_id)
            await self._note("job.cancel", job, actor, client, connection)
        return await self.find(job_id)

    async def retry(self, job_id: UUID, actor: Principal | None = None, client: str = "") -> Job:
        """Queues a job that failed, died or was cancelled again, with a fresh set of attempts. Raises NotFound; Conflict for any other."""
        async with self._database.transaction() as connection:
            taken = await repository.take(connection, job_id)
            if taken is None:
                raise NotFound("There is no such job.")
            job, _ = taken
            if not job.state.is_final or job.state is State.DONE:
                raise Conflict(f"The job is {job.state}; only what failed, died or was cancelled is queued again.")
            await repository.queue_again(connection, job)
            await self._note("job.retry", job, actor, client, connection)
        return await self.find(job_id)

    async def tallies(self) -> list[Tally]:
        """How many jobs of which kind stand where."""
        return await self._repository.tallies()

    async def standing(self) -> Standing:
        """For health and metrics."""
        return await self._repository.standing()

    async def _note(self, event: str, job: Job, actor: Principal | None, client: str, connection: Connection) -> None:
        """In the change's own transaction. The house's own doings are not noted."""
        if self._journal is not None and actor is not None:
            detail = {"kind": job.kind, "was": job.state.value}
            await self._journal.record(event, actor=actor, subject=f"job {job.id}", detail=detail, client=client, connection=connection)

    @asynccontextmanager
    async def _within(self, connection: "Connection | None") -> AsyncIterator[Connection]:
        if connection is not None:
            yield connection
        else:
            async with self._database.transaction() as own:
                yield own
