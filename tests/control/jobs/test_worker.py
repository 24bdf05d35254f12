"""Workers of this process on a real database: order, retries, limits, cancelling, waking up, ending."""

import asyncio
import time
from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest

from control.jobs.job import Queue, State
from control.jobs.kind import Backoff, Duty, Kind, Result
from control.jobs.run import JobFailed, Run
from control.jobs.service import Jobs
from control.jobs.worker import JobWorker
from tests.control.jobs.works import HASTY, WRITE, House, Note, at_once, ended, enqueue_many, opened, reaches, until, working

pytestmark = pytest.mark.real


class Bench:
    """Work that notes who worked on it, and how many at once."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seen: list[int] = []
        self.at_once = 0
        self.most = 0
        self._seconds = seconds

    async def do(self, note: Note, _run: Run) -> Result:
        self.seen.append(note.number)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            await asyncio.sleep(self._seconds)  # the work takes its time
        finally:
            self.at_once -= 1
        return {"number": note.number}


async def test_a_job_is_done_and_its_result_stands_in_its_row() -> None:
    async with opened() as house:
        job_id = await house.jobs.enqueue(WRITE, Note(number=3))
        async with working(house.database, house.url, Duty(WRITE, Bench().do)):
            job = await ended(house.jobs, job_id)
        assert (job.state, job.result, job.progress, job.attempts, job.error) == (State.DONE, {"number": 3}, 1.0, 1, None)
        assert await house.database.fetch_value("select count(*) from pgqueuer") == 0


async def test_the_urgent_come_first_then_the_old() -> None:
    async with opened() as house:
        kinds = [Kind(f"test.{queue}", Note, queue=queue) for queue in reversed(Queue)]
        for number, kind in enumerate([*kinds, *kinds]):
            await house.jobs.enqueue(kind, Note(number=number))
        bench = Bench()
        async with working(house.database, house.url, *(Duty(kind, bench.do) for kind in kinds), pace=replace(HASTY, seats=1)):
            await until(lambda: _all_done(house.jobs, 10))
        assert bench.seen == [4, 9, 3, 8, 2, 7, 1, 6, 0, 5]


async def test_a_job_that_breaks_is_tried_again_until_it_is_dead_and_can_be_queued_again() -> None:
    async with opened() as house:
        attempts: list[int] = []

        async def work(_note: Note, run: Run) -> Result:
            attempts.append(run.attempt)
            if len(attempts) <= 3:
                raise OSError("no")
            return None

        job_id = await house.jobs.enqueue(WRITE, Note())
        async with working(house.database, house.url, Duty(WRITE, work)):
            job = await ended(house.jobs, job_id)
            assert (job.state, job.attempts, job.error) == (State.DEAD, 3, "OSError: no")
            assert [letter.id for letter in await house.jobs.dead_letters()] == [job_id]
            await house.jobs.retry(job_id)
            job = await reaches(house.jobs, job_id, State.DONE)
        assert (job.attempts, job.error) == (1, None)
        assert attempts == [1, 2, 3, 1]


async def test_the_waits_between_attempts_grow() -> None:
    async with opened() as house:
        began: list[float] = []

        async def work(_note: Note, _run: Run) -> Result:
            began.append(time.monotonic())
            raise OSError("no")

        slow = Kind("test.slow", Note, attempts=4, backoff=Backoff(first_seconds=0.1, factor=3, jitter=0))
        job_id = await house.jobs.enqueue(slow, Note())
        async with working(house.database, house.url, Duty(slow, work)):
            await ended(house.jobs, job_id)
        waits = [later - earlier for earlier, later in pairwise(began)]
        assert all(wait >= asked for wait, asked in zip(waits, (0.1, 0.3, 0.9), strict=True)), waits


async def test_what_cannot_be_helped_is_not_tried_again() -> None:
    async with opened() as house:

        async def work(_note: Note, _run: Run) -> Result:
            raise JobFailed("no such track")

        job_id = await house.jobs.enqueue(WRITE, Note())
        async with working(house.database, house.url, Duty(WRITE, work)):
            job = await ended(house.jobs, job_id)
        assert (job.state, job.attempts, job.error) == (State.FAILED, 1, "JobFailed: no such track")


async def test_a_large_payload_comes_through_packed() -> None:
    async with opened() as house:
        lengths: list[int] = []

        async def measure(note: Note, _run: Run) -> Result:
            lengths.append(len(note.words))
            return None

        job_id = await house.jobs.enqueue(WRITE, Note(words="la " * 300_000))
        async with working(house.database, house.url, Duty(WRITE, measure)):
            job = await ended(house.jobs, job_id)
        assert lengths == [900_000]
        assert job.payload_bytes < 20_000


async def test_a_job_is_picked_up_at_the_bell_not_at_the_next_look() -> None:
    async with opened() as house:
        patient = replace(HASTY, look_seconds=60.0)
        async with working(house.database, house.url, Duty(WRITE, Bench().do), pace=patient) as worker:
            await asyncio.wait_for(worker.bell.hears.wait(), 5)
            for _ in range(3):
                await until(lambda: _quiet(worker.bell.rung))
                job_id = await house.jobs.enqueue(WRITE, Note())
                await ended(house.jobs, job_id, seconds=3)


async def test_a_job_for_later_is_done_then() -> None:
    async with opened() as house:
        job_id = await house.jobs.enqueue(WRITE, Note(), delay_seconds=0.6)
        async with working(house.database, house.url, Duty(WRITE, Bench().do), pace=replace(HASTY, look_seconds=60)):
            job = await ended(house.jobs, job_id, seconds=5)
        assert job.started_at is not None
        assert (job.started_at - job.created_at).total_seconds() >= 0.6


async def test_progress_is_seen_while_the_work_goes_on() -> None:
    async with opened() as house:
        go_on = asyncio.Event()

        async def work(_note: Note, run: Run) -> Result:
            run.tell(0.4, "mixing")
            await go_on.wait()
            return None

        job_id = await house.jobs.enqueue(WRITE, Note())
        async with working(house.database, house.url, Duty(WRITE, work)):
            await until(lambda: _tells(house.jobs, job_id, 0.4, "mixing"))
            go_on.set()
            assert (await ended(house.jobs, job_id)).progress == 1.0


async def test_a_running_job_is_asked_to_end_and_then_cancelled() -> None:
    async with opened() as house:
        asked = asyncio.Event()

        async def work(_note: Note, run: Run) -> Result:
            await run.called_off.wait()
            asked.set()
            await asyncio.Event().wait()
            return None

        job_id = await house.jobs.enqueue(WRITE, Note(), dedupe_key="k")
        async with working(house.database, house.url, Duty(WRITE, work)):
            await reaches(house.jobs, job_id, State.RUNNING)
            assert (await house.jobs.cancel(job_id)).cancel_asked
            job = await ended(house.jobs, job_id)
        assert asked.is_set()
        assert (job.state, job.dedupe_key) == (State.CANCELLED, None)
        assert await house.database.fetch_value("select count(*) from pgqueuer") == 0


async def test_a_deaf_worker_learns_of_a_cancelled_job_with_its_next_sign_of_life() -> None:
    async with opened() as house:

        async def work(_note: Note, _run: Run) -> Result:
            await asyncio.Event().wait()
            return None

        job_id = await house.jobs.enqueue(WRITE, Note())
        async with working(house.database, "postgresql://nobody@127.0.0.1:1/none", Duty(WRITE, work)) as worker:
            await reaches(house.jobs, job_id, State.RUNNING)
            await house.jobs.cancel(job_id)
            assert (await ended(house.jobs, job_id)).state is State.CANCELLED
            assert not worker.bell.hears.is_set()


async def test_no_more_of_a_kind_run_at_once_than_it_allows_over_all_workers() -> None:
    async with opened() as house:
        kind = at_once(WRITE, 2)
        bench = Bench(seconds=0.05)
        await enqueue_many(house.jobs, kind, range(12))
        async with working(house.database, house.url, Duty(kind, bench.do)), working(house.database, house.url, Duty(kind, bench.do)):
            await until(lambda: _all_done(house.jobs, 12))
        assert sorted(bench.seen) == list(range(12))
        assert bench.most == 2


async def test_no_more_of_a_kind_begin_in_a_minute_than_it_allows_over_all_workers() -> None:
    async with opened() as house:
        kind = replace(WRITE, per_minute=3)
        free = Kind("test.free", Note)
        bench = Bench()
        await enqueue_many(house.jobs, kind, range(8))
        last = await house.jobs.enqueue(free, Note(number=99))
        duties = (Duty(kind, bench.do), Duty(free, bench.do))
        async with working(house.database, house.url, *duties), working(house.database, house.url, *duties):
            await ended(house.jobs, last)
            await until(lambda: _all_done(house.jobs, 4))
            looks = await house.database.fetch_value(
                "select count(*) from pgqueuer_log where status = 'picked' and entrypoint = $1", kind.name
            )
            assert looks == 3
            await house.database.execute("update pgqueuer_log set created = created - interval '61 seconds'")
            await until(lambda: _all_done(house.jobs, 7))
        assert len(bench.seen) == 7


async def test_an_ending_worker_hands_back_what_it_has_not_done_and_the_attempt_does_not_count() -> None:
    async with opened() as house:

        async def work(_note: Note, _run: Run) -> Result:
            await asyncio.Event().wait()
            return None

        job_id = await house.jobs.enqueue(WRITE, Note(number=5))
        async with working(house.database, house.url, Duty(WRITE, work)):
            await reaches(house.jobs, job_id, State.RUNNING)
        job = await house.jobs.find(job_id)
        assert (job.state, job.attempts) == (State.QUEUED, 0)
        async with working(house.database, house.url, Duty(WRITE, Bench().do)):
            assert (await ended(house.jobs, job_id)).attempts == 1


async def test_a_worker_that_lost_its_job_cannot_end_it() -> None:
    async with opened() as house:
        runs: list[Run] = []
        lost = asyncio.Event()

        async def work(_note: Note, run: Run) -> Result:
            runs.append(run)
            if len(runs) == 1:
                await run.called_off.wait()
                lost.set()
                return {"by": "first"}
            return {"by": "second"}

        job_id = await house.jobs.enqueue(WRITE, Note())
        silent = replace(HASTY, seats=1, pulse_seconds=3600, lease_seconds=14_400)
        async with working(house.database, house.url, Duty(WRITE, work), pace=silent):
            await reaches(house.jobs, job_id, State.RUNNING)
            await house.database.execute("update pgqueuer set heartbeat = now() - interval '1 minute'")
            async with working(house.database, house.url, Duty(WRITE, work)):
                job = await ended(house.jobs, job_id)
            runs[0].called_off.set()
            await asyncio.wait_for(lost.wait(), 5)
        job = await house.jobs.find(job_id)
        assert (job.result, job.attempts) == ({"by": "second"}, 2)


async def test_a_worker_that_knows_nothing_of_a_kind_leaves_it_alone() -> None:
    async with opened() as house:
        strange = await house.jobs.enqueue(Kind("test.strange", Note, queue=Queue.CRITICAL), Note())
        known = await house.jobs.enqueue(WRITE, Note())
        async with working(house.database, house.url, Duty(WRITE, Bench().do)):
            await ended(house.jobs, known)
        assert (await house.jobs.find(strange)).state is State.QUEUED


async def test_rows_of_jobs_that_ended_long_ago_are_cleared_away() -> None:
    async with opened() as house:
        old, young, waiting = await enqueue_many(house.jobs, WRITE, range(3))
        for job_id in (old, young):
            await house.jobs.cancel(job_id)
        await house.database.execute("update jobs set finished_at = now() - interval '8 days' where id = $1", old)
        async with working(house.database, house.url):
            await until(lambda: _gone(house, old))
        assert {job.id for job in await house.jobs.page(None, None, None, 50)} == {young, waiting}


def test_two_duties_of_one_kind_are_refused() -> None:
    with pytest.raises(ValueError, match="same kind"):
        JobWorker(None, "", [Duty(WRITE, Bench().do), Duty(WRITE, Bench().do)])  # type: ignore[arg-type]


async def _all_done(jobs: Jobs, count: int) -> bool:
    return len(await jobs.page(State.DONE, None, None, 200)) >= count


async def _tells(jobs: Jobs, job_id: UUID, progress: float, words: str) -> bool:
    job = await jobs.find(job_id)
    return (round(job.progress, 3), job.progress_words) == (progress, words)


async def _quiet(rung: asyncio.Event) -> bool:
    return not rung.is_set()


async def _gone(house: House, job_id: UUID) -> bool:
    return not await house.database.fetch_value("select exists (select from jobs where id = $1)", job_id)
