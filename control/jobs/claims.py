"""What a worker asks of the database: jobs to work on, a sign of life, and to write down how an attempt ended.

A claim is one transaction: pgqueuer picks, the attempt is counted. So a job that kills its worker has paid for it, and after its last
attempt the next worker that picks it up finds it dead instead of running it.

An ending is accepted only from the worker that holds the job. A worker that was frozen, taken for dead and woken up again is told that
its job is lost.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from asyncpg import InFailedSQLTransactionError
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.domain.models import Job as QueueRow
from pgqueuer.domain.types import QueueEntrypoint, QueueManagerId
from pgqueuer.ports.repository import EntrypointExecutionParameter

from control.database.database import Database
from control.database.server import Connection
from control.jobs.ending import Ending, How
from control.jobs.job import State
from control.jobs.kind import Kind
from control.jobs.pgqueue import queries, ring

AGAIN_SECONDS: Final = 0.05
"""After another worker was quicker."""
_WINDOW: Final = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Claim:
    """One attempt at a job, ours until our signs of life stop."""

    row: QueueRow
    job_id: UUID
    kind: str
    attempt: int
    most_attempts: int
    payload: bytes
    payload_packed: bool
    account_id: UUID | None
    cancel_asked: bool


@dataclass(frozen=True, slots=True)
class Harvest:
    """What a look into the queue gave."""

    claims: Sequence[Claim]
    dead: Sequence[UUID]
    """Jobs whose last attempt took its worker with it."""
    wait_seconds: float | None
    """When another look may find something that nobody will ring for; 0 is now, None is not known."""


class Claims:
    """One worker's side of the queue."""

    def __init__(self, database: Database, worker_id: UUID, lease_seconds: float) -> None:
        self._database = database
        self._worker = QueueManagerId(worker_id)
        self._lease = timedelta(seconds=lease_seconds)

    async def claim(self, kinds: Sequence[Kind[Any]], seats: int) -> Harvest:
        """Picks up to `seats` jobs, the most urgent and then the oldest first."""
        async with self._database.transaction() as connection:
            room, wait = await _within_rates(connection, kinds)
            open_kinds = [kind for kind in kinds if room.get(kind.name, seats) > 0]
            if not open_kinds:
                return Harvest([], [], wait)
            queue = queries(connection)
            asked = min([seats, *(room[kind.name] for kind in open_kinds if kind.name in room)])
            try:
                rows = await queue.dequeue(asked, _limits(open_kinds), self._worker, None, self._lease)
                if len(rows) == asked:
                    wait = 0.0
                else:
                    wait = _sooner(wait, await queue.next_deferred_eta([QueueEntrypoint(kind.name) for kind in open_kinds]))
                return await self._begin(connection, queue, rows, wait)
            except InFailedSQLTransactionError:  # the same seat of a limited kind was taken by another worker; pgqueuer says so by silence
                return Harvest([], [], AGAIN_SECONDS)

    async def _begin(self, connection: Connection, queue: Queries, rows: list[QueueRow], wait: float | None) -> Harvest:
        """Counts the attempts. What has none left is dead; what has no job any more leaves the queue."""
        if not rows:
            return Harvest([], [], wait)
        ids = [row.id for row in rows]
        begun = await connection.fetch(
            """update jobs set state = 'running', attempts = attempts + 1, started_at = now(), progress = 0, progress_words = ''
            where queue_id = any($1) and attempts < most_attempts
            returning queue_id, id, kind, attempts, most_attempts, payload, payload_packed, account_id, cancel_asked""",
            ids,
        )
        of_row = {record["queue_id"]: record for record in begun}
        over = [row for row in rows if row.id not in of_row]
        dead = await connection.fetch(
            """update jobs set state = 'dead', queue_id = null, finished_at = now(),
            error = format('The worker of attempt %s ended without a word', attempts) where queue_id = any($1) returning id""",
            [row.id for row in over],
        )
        if over:
            await queue.log_jobs([(row, "exception", None) for row in over])
        claims = [
            Claim(
                *(row, record["id"], record["kind"], record["attempts"], record["most_attempts"]),
                *(record["payload"], record["payload_packed"], record["account_id"], record["cancel_asked"]),
            )
            for row in rows
            if (record := of_row.get(row.id)) is not None
        ]
        return Harvest(claims, [record["id"] for record in dead], wait)

    async def renew(self, rows: Sequence[int]) -> tuple[set[int], set[int]]:
        """A sign of life for jobs by their place in the queue: (still ours, of these: to be cancelled)."""
        held = await self._database.fetch(
            """with renewed as (
                update pgqueuer set heartbeat = now() where id = any($1) and queue_manager_id = $2 and status = 'picked' returning id
            ) select renewed.id, coalesce(jobs.cancel_asked, false) as cancel_asked
            from renewed left join jobs on jobs.queue_id = renewed.id""",
            *(list(rows), self._worker),
        )
        return {row["id"] for row in held}, {row["id"] for row in held if row["cancel_asked"]}

    async def tell(self, news: Mapping[UUID, tuple[float, str]]) -> None:
        """Carries progress over to the jobs' rows."""
        await self._database.execute(
            """update jobs set progress = news.progress, progress_words = news.words
            from unnest($1::uuid[], $2::real[], $3::text[]) as news (id, progress, words) where jobs.id = news.id and state = 'running'""",
            *(list(news), [progress for progress, _ in news.values()], [words.replace("\0", "") for _, words in news.values()]),
        )

    async def settle(self, claim: Claim, ending: Ending, delay_seconds: float, key_frees: bool) -> State | None:
        """Writes an ending down: where the job stands now. None if it is not ours any more, then nothing is changed."""
        state = ending.state(claim.attempt, claim.most_attempts)
        back = ending.how is How.HANDED_BACK
        async with self._database.transaction() as connection:
            ours = await connection.fetchval(
                """with held as materialized (
                    select id from pgqueuer where id = $1 and queue_manager_id = $2 and status = 'picked' for update
                ) update jobs set state = $4, result = $5::jsonb, error = coalesce($6, case when $4 <> 'done' then error end),
                    progress = case when $4 = 'done' then 1 else progress end, attempts = attempts - $7::int,
                    run_after = case when $4 = 'queued' then now() + $8::interval else run_after end,
                    queue_id = case when $4 = 'queued' then queue_id end,
                    dedupe_key = case when $9 then null else dedupe_key end,
                    finished_at = case when $4 <> 'queued' then now() end
                from held where jobs.queue_id = held.id and jobs.attempts = $3 and jobs.state = 'running' returning true""",
                *(claim.row.id, self._worker, claim.attempt, state.value, ending.result, ending.error),
                *(int(back), timedelta(seconds=delay_seconds), state is State.CANCELLED or (key_frees and state.is_final)),
            )
            if not ours:
                return None
            if state is State.QUEUED:
                await queries(connection).retry_job(claim.row, timedelta(seconds=delay_seconds), None)
                if back:
                    await ring(connection)
            else:
                await queries(connection).log_jobs([(claim.row, "successful" if state is State.DONE else "exception", None)])
        return state


def _limits(kinds: Sequence[Kind[Any]]) -> dict[QueueEntrypoint, EntrypointExecutionParameter]:
    return {QueueEntrypoint(kind.name): EntrypointExecutionParameter(concurrency_limit=kind.at_once) for kind in kinds}


def _sooner(wait: float | None, eta: timedelta | None) -> float | None:
    known = [each for each in (wait, None if eta is None else max(eta.total_seconds(), AGAIN_SECONDS)) if each is not None]
    return min(known, default=None)


async def _within_rates(connection: Connection, kinds: Sequence[Kind[Any]]) -> tuple[dict[str, int], float | None]:
    """How many attempts of each rated kind may begin now, and when the next one may if none may now.

    Counting and picking are one for all workers: a kind's count is held by an advisory lock until the picks are committed.
    """
    rated = {kind.name: kind.per_minute for kind in kinds if kind.per_minute}
    if not rated:
        return {}, None
    locks = await connection.fetch(
        "select name, pg_try_advisory_xact_lock(hashtextextended('rate of ' || name, 0)) as held from unnest($1::text[]) as name",
        list(rated),
    )
    room = {row["name"]: 0 for row in locks}
    held = [row["name"] for row in locks if row["held"]]
    counts = await connection.fetch(
        """select entrypoint as name, count(*) as begun, extract(epoch from min(created) + $2 - clock_timestamp())::float8 as wait
        from pgqueuer_log
        where entrypoint = any($1) and status = 'picked' and created > clock_timestamp() - $2::interval group by entrypoint""",
        *(held, _WINDOW),
    )
    room |= {name: rated[name] for name in held}
    waits = [AGAIN_SECONDS] if len(held) < len(rated) else []
    for row in counts:
        room[row["name"]] = max(0, rated[row["name"]] - row["begun"])
        if room[row["name"]] == 0:
            waits.append(max(row["wait"], AGAIN_SECONDS))
    return room, min(waits, default=None)
