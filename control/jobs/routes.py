"""The addresses of jobs: look at them, cancel them, queue dead ones again.

What a job works on is not shown: it may be somebody's letter.
"""

from typing import Annotated, Any, Final
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from control.api.call import Call
from control.api.operation import operation
from control.api.paging import Cursors, Page, PageQuery
from control.errors import Conflict, NotFound
from control.jobs.job import Job, Queue, State
from control.jobs.service import Jobs
from control.permissions import Permission

TAG: Final = "jobs"
CURSORS: Final = Cursors[UUID](UUID)


class JobPath(BaseModel):
    """Which job."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID


class JobsQuery(PageQuery):
    """Which jobs, and which page of them; what is left out asks for any."""

    state: Annotated[State | None, Field(description="Where they stand.")] = None
    kind: Annotated[str | None, Field(max_length=128, pattern=r"^[a-z0-9_.]+$", description="The kind of work: `mail.send`.")] = None


class JobShown(BaseModel):
    """One job."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    kind: str
    queue: Queue
    state: State
    attempts: int = Field(description="How often a worker has picked it up.")
    most_attempts: int
    progress: float = Field(ge=0, le=1)
    progress_words: str
    cancel_asked: bool = Field(description="It was running when it was cancelled, and has been asked to end.")
    result: dict[str, Any] | None
    error: str | None = Field(description="Of the last attempt that failed.")
    payload_bytes: int
    dedupe_key: str | None
    account_id: UUID | None
    schedule: str | None = Field(description="The schedule that queued it.")
    created_at: AwareDatetime
    run_after: AwareDatetime
    started_at: AwareDatetime | None = Field(description="Of the last attempt.")
    finished_at: AwareDatetime | None


class JobTally(BaseModel):
    """The jobs of one kind in one state."""

    model_config = ConfigDict(frozen=True)

    kind: str
    queue: Queue
    state: State
    count: int
    oldest_due_seconds: float | None = Field(description="How long the oldest of those queued has been due.")


class JobStatistics(BaseModel):
    """How the queues stand. Jobs that ended count as long as their rows are kept."""

    model_config = ConfigDict(frozen=True)

    by_state: dict[State, int]
    by_queue: dict[Queue, int] = Field(description="Jobs that wait or run.")
    kinds: list[JobTally]


class JobAddresses:
    """/api/v1/admin/jobs."""

    def __init__(self, jobs: Jobs) -> None:
        self._jobs = jobs

    @operation("GET", "/api/v1/admin/jobs", permission=Permission.HOUSE_JOBS_READ, summary="Jobs", tag=TAG, raises=(NotFound,))
    async def list(self, call: Call, *, query: JobsQuery) -> Page[JobShown]:  # noqa: ARG002 -- the guard has judged who asks
        """From new to old. Dead letters are those of state `failed` or `dead`."""
        found = await self._jobs.page(query.state, query.kind, CURSORS.read(query.cursor), query.limit + 1)
        shown = found[: query.limit]
        more = CURSORS.write(shown[-1].id) if len(found) > len(shown) else None
        return Page[JobShown](items=[_shown(job) for job in shown], next_cursor=more)

    @operation("GET", "/api/v1/admin/jobs/statistics", permission=Permission.HOUSE_JOBS_READ, summary="How the queues stand", tag=TAG)
    async def statistics(self, call: Call) -> JobStatistics:  # noqa: ARG002 -- the guard has judged who asks
        """Counts by state, by queue and by kind."""
        tallies = await self._jobs.tallies()
        by_state, by_queue = dict.fromkeys(State, 0), dict.fromkeys(Queue, 0)
        for tally in tallies:
            by_state[tally.state] += tally.count
            by_queue[tally.queue] += 0 if tally.state.is_final else tally.count
        kinds = [JobTally(**{name: getattr(tally, name) for name in JobTally.model_fields}) for tally in tallies]
        return JobStatistics(by_state=by_state, by_queue=by_queue, kinds=kinds)

    @operation("GET", "/api/v1/admin/jobs/{id}", permission=Permission.HOUSE_JOBS_READ, summary="One job", tag=TAG, raises=(NotFound,))
    async def read(self, call: Call, *, path: JobPath) -> JobShown:  # noqa: ARG002 -- the guard has judged who asks
        """With its progress and, when it is done, its result."""
        return _shown(await self._jobs.find(path.id))

    @operation(
        "POST",
        "/api/v1/admin/jobs/{id}/cancel",
        permission=Permission.HOUSE_JOBS_MANAGE,
        summary="Cancel a job",
        tag=TAG,
        raises=(NotFound, Conflict),
        idempotent=True,
    )
    async def cancel(self, call: Call, *, path: JobPath) -> JobShown:
        """A job that waits is cancelled when this is answered. One that runs is asked to end: `cancel_asked` until its worker says so."""
        return _shown(await self._jobs.cancel(path.id, call.principal, call.client))

    @operation(
        "POST",
        "/api/v1/admin/jobs/{id}/retry",
        permission=Permission.HOUSE_JOBS_MANAGE,
        summary="Queue a job again",
        tag=TAG,
        raises=(NotFound, Conflict),
        idempotent=True,
    )
    async def retry(self, call: Call, *, path: JobPath) -> JobShown:
        """For one that failed, died or was cancelled: the same job with a fresh set of attempts."""
        return _shown(await self._jobs.retry(path.id, call.principal, call.client))


def _shown(job: Job) -> JobShown:
    return JobShown(**{name: getattr(job, name) for name in JobShown.model_fields})
