"""A worker: picks jobs up, does them, gives signs of life, keeps the timetable, clears old rows away. Any number of them, on any machine.

With the database away it tries again with growing waits; work under way goes on, and its ending is written down when the database is back.
"""

import asyncio
from asyncio import Event, Task
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from random import SystemRandom
from typing import Any, Final
from uuid import UUID, uuid4

import structlog
from asyncpg import PostgresError

from control.database.database import Database
from control.errors import DatabaseAway
from control.jobs.attempt import attempt
from control.jobs.bell import Bell
from control.jobs.claims import Claim, Claims
from control.jobs.ending import Ending, How
from control.jobs.job import State
from control.jobs.kind import Backoff, Duty
from control.jobs.pace import WorkerPace
from control.jobs.repository import CLEARED_AT_ONCE, JobRepository
from control.jobs.run import CallOff, Run
from control.jobs.schedule import Timetable

_AWAY: Final = Backoff(first_seconds=0.25, factor=2.0, most_seconds=5.0, jitter=0.3)
_STOP_SECONDS: Final = 3.0
_chance: Final = SystemRandom().random

logger = structlog.get_logger()


class JobWorker:
    """One worker. Give it a database, the bell's address and what it can do."""

    def __init__(
        self, database: Database, url: str, duties: Sequence[Duty[Any]], timetable: Timetable | None = None, pace: WorkerPace | None = None
    ) -> None:
        self.id: UUID = uuid4()
        self.pace = pace or WorkerPace()
        self._duties = {duty.kind.name: duty for duty in duties}
        if len(self._duties) < len(duties):
            raise ValueError("two duties are of the same kind")
        self._kinds = [duty.kind for duty in duties]
        self._claims = Claims(database, self.id, self.pace.lease_seconds)
        self._repository = JobRepository(database)
        self._timetable = timetable
        self._running: dict[tuple[int, int], tuple[Run, Task[None]]] = {}
        """(place in the queue, attempt) -> what is done for it."""
        self.bell = Bell(url, self._cancel)

    @property
    def running(self) -> int:
        """Jobs under way."""
        return len(self._running)

    async def run(self, ended: Event) -> None:
        """Works until `ended`; then lets jobs end for a while and hands the rest back. Raises what is wrong with itself, not with jobs."""
        stopping = Event()
        loops = [
            asyncio.create_task(self._repeat(self._look, stopping, self.bell.rung), name="look"),
            asyncio.create_task(self._repeat(self._keep_timetable, stopping), name="timetable"),
            asyncio.create_task(self._repeat(self._clear, stopping), name="clear"),
        ]
        bell = asyncio.create_task(self.bell.listen(), name="bell")
        pulse = asyncio.create_task(self._repeat(self._pulse, Event()), name="pulse")
        waiting = asyncio.create_task(ended.wait())
        try:
            done, _ = await asyncio.wait([waiting, bell, pulse, *loops], return_when=asyncio.FIRST_COMPLETED)
            for each in done:
                each.result()
        finally:
            stopping.set()
            self.bell.rung.set()
            await asyncio.wait(loops, timeout=_STOP_SECONDS)  # so that what was just picked up is known to the drain
            await _stop([waiting, bell, *loops])
            await self._drain()
            await _stop([pulse])

    async def _repeat(self, turn: Callable[[], Awaitable[float]], ended: Event, sooner: Event | None = None) -> None:
        """Does a turn, waits as long as it says, and so on; longer and longer while the database is away or not what it should be."""
        failures = 0
        while not ended.is_set():
            try:
                wait = await turn()
                failures = 0
            except (DatabaseAway, PostgresError) as error:
                failures += 1
                wait = _AWAY.delay_seconds(failures, _chance())
                if failures == 1 or isinstance(
                    error, PostgresError
                ):  # one of these may be our own fault, or a schema that is not there yet
                    logger.warning("the jobs wait for the database", reason=f"{type(error).__name__}: {error}")
            with suppress(TimeoutError):
                await asyncio.wait_for((sooner if sooner and not failures else ended).wait(), wait)

    async def _look(self) -> float:
        """Fills the free seats."""
        self.bell.rung.clear()
        seats = self.pace.seats - len(self._running)
        if seats <= 0 or not self._kinds:
            return self.pace.look_seconds
        harvest = await self._claims.claim(self._kinds, seats)
        for job_id in harvest.dead:
            logger.error("a job is dead: each attempt ended its worker", job=str(job_id))
        for claim in harvest.claims:
            self._begin(claim)
        return self.pace.look_seconds if harvest.wait_seconds is None else min(harvest.wait_seconds, self.pace.look_seconds)

    def _begin(self, claim: Claim) -> None:
        for (place, _), (earlier, _task) in self._running.items():
            if place == claim.row.id:  # we were so late with a sign of life that we took our own job for lost
                earlier.call_off(CallOff.LOST)
        run = Run(claim.job_id, claim.attempt, claim.account_id)
        if claim.cancel_asked:
            run.call_off(CallOff.CANCELLED)
        key = (claim.row.id, claim.attempt)
        task = asyncio.create_task(self._do(claim, run), name=f"attempt {claim.kind} {claim.job_id}")
        self._running[key] = (run, task)
        task.add_done_callback(lambda ended: self._over(key, ended))

    def _over(self, key: tuple[int, int], task: Task[None]) -> None:
        del self._running[key]
        self.bell.rung.set()
        if not task.cancelled() and (error := task.exception()) is not None:
            logger.error("an attempt could not be written down", exc_info=error)

    async def _do(self, claim: Claim, run: Run) -> None:
        duty = self._duties[claim.kind]
        ending = await attempt(duty, claim, run)
        delay = duty.kind.backoff.delay_seconds(claim.attempt, _chance()) if ending.how is How.BROKEN else 0.0
        await self._settle(claim, run, ending, delay, duty.kind.key_frees)

    async def _settle(self, claim: Claim, run: Run, ending: Ending, delay_seconds: float, key_frees: bool) -> None:
        """Writes the ending down, however long that takes; an ending worker tries for a moment only, its lease does the rest."""
        failures = 0
        while True:
            try:
                state = await self._claims.settle(claim, ending, delay_seconds, key_frees)
                break
            except DatabaseAway:
                failures += 1
                if run.why is CallOff.HANDED_BACK and failures > 1:
                    return
                await asyncio.sleep(_AWAY.delay_seconds(failures, _chance()))
        if state is None:
            logger.warning("a job was lost to another worker", job=str(claim.job_id), kind=claim.kind, attempt=claim.attempt)
        elif state is State.DEAD:
            logger.error("a job is dead", job=str(claim.job_id), kind=claim.kind, attempts=claim.attempt, reason=ending.error)

    async def _pulse(self) -> float:
        """Carries progress over and gives signs of life, both for all jobs at once."""
        news = {run.job_id: told for run, _ in self._running.values() if (told := run.news()) is not None}
        if news:
            await self._claims.tell(news)
        if self._running:
            await self._renew()
        return min(self.pace.pulse_seconds, self.pace.lease_seconds / 4)

    async def _renew(self) -> None:
        runs = {place: run for (place, _), (run, _task) in self._running.items()}
        ours, cancelled = await self._claims.renew(list(runs))
        for place, run in runs.items():
            if place not in ours:
                run.call_off(CallOff.LOST)
            elif place in cancelled:
                run.call_off(CallOff.CANCELLED)

    def _cancel(self, queue_id: int) -> None:
        for (place, _), (run, _task) in self._running.items():
            if place == queue_id:
                run.call_off(CallOff.CANCELLED)

    async def _keep_timetable(self) -> float:
        wait = await self._timetable.keep() if self._timetable else None
        return 3600.0 if wait is None else min(max(wait, 0.05), 60.0)

    async def _clear(self) -> float:
        cleared = await self._repository.clear(self.pace.keep_days)
        return 0.1 if cleared >= CLEARED_AT_ONCE else self.pace.clear_seconds

    async def _drain(self) -> None:
        """Lets jobs end, then hands back what is left."""
        tasks = [task for _, task in self._running.values()]
        if not tasks:
            return
        await asyncio.wait(tasks, timeout=self.pace.drain_seconds)
        for run, _ in self._running.values():
            run.call_off(CallOff.HANDED_BACK)
        await asyncio.gather(*tasks, return_exceptions=True)


async def _stop(tasks: Sequence[Task[Any]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
