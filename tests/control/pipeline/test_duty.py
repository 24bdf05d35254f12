"""A worker and its bookings, over a real PostgreSQL: made, kept, queued, called off, given up."""

import asyncio
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from control.jobs.job import Job, State
from control.jobs.kind import Duty
from control.pipeline.booking import MAKE, MEASURE, Booked, Trial
from generation.errors import GenerationFailed, TakesRefused
from generation.take import Take
from tests.control.jobs.works import PROMPT, House, ended, opened, reaches, working
from tests.control.pipeline.house import Workshop, take_of

pytestmark = pytest.mark.real
WISH = Booked(station="main", genre="house", seed=7, seconds=60.0)


def duties(workshop: Workshop) -> list[Duty[Any]]:
    """With waits that no test notices."""
    return [replace(duty, kind=replace(duty.kind, backoff=PROMPT, grace_seconds=2.0)) for duty in workshop.duties()]


async def outcome(house: House, workshop: Workshop, booked: Booked = WISH) -> Job:
    job_id = await house.jobs.enqueue(MAKE, booked)
    async with working(house.database, house.url, *duties(workshop)):
        return await ended(house.jobs, job_id)


async def test_a_take_is_made_kept_and_told() -> None:
    workshop = Workshop()
    async with opened() as house:
        job = await outcome(house, workshop)
    assert (job.state, job.attempts, workshop.queued) == (State.DONE, 1, {})
    [take] = workshop.kept["main"]
    assert take.id == WISH.brief().id
    assert job.result is not None
    assert (job.result["track_id"], job.result["title"], job.result["backend"]) == (take.id, "Take 7", "cardboard")
    assert (job.result["licence"], job.result["commercial_ok"], job.result["scores"]) == ("MIT", True, {"score": 81.5, "balance": 0.9})


async def test_it_is_queued_when_that_was_wished_and_made_when_that_fails() -> None:
    workshop = Workshop()
    async with opened() as house:
        job = await outcome(house, workshop, WISH.model_copy(update={"air": True}))
        assert job.result is not None
        assert job.result["entry_id"] == "q-1"
        assert workshop.queued == {job.id.hex: ("main", job.result["track_id"])}
        workshop.away = True
        job = await outcome(house, workshop, WISH.model_copy(update={"air": True, "seed": 8}))
    assert (job.state, job.result and job.result["not_queued"]) == (State.DONE, "no station is on air")
    assert len(workshop.kept["main"]) == 2


async def test_a_take_of_another_seed_is_still_the_track_that_was_booked() -> None:
    class Picky(Workshop):
        def make(self, station: str, brief: Any, progress: Any) -> Take:  # noqa: ARG002
            return take_of(replace(brief, seed=99))

    workshop = Picky()
    async with opened() as house:
        await outcome(house, workshop)
    [take] = workshop.kept["main"]
    assert (take.id, take.title) == (WISH.brief().id, "Take 99")


async def test_what_may_go_well_another_time_is_tried_again_with_the_same_brief() -> None:
    workshop = Workshop(fails=[GenerationFailed("no memory"), GenerationFailed("no memory")])
    async with opened() as house:
        job = await outcome(house, workshop)
    assert (job.state, job.attempts, workshop.seeds) == (State.DONE, 3, [7, 7, 7])
    assert len(workshop.kept["main"]) == 1


async def test_after_three_failures_it_is_dead_and_what_the_critic_refuses_fails_at_once() -> None:
    workshop = Workshop(fails=[GenerationFailed("every backend rests")] * 3)
    async with opened() as house:
        job = await outcome(house, workshop)
        assert (job.state, job.attempts) == (State.DEAD, 3)
        assert "every backend rests" in (job.error or "")
        workshop.fails = [TakesRefused("refused 3 times: noise")]
        job = await outcome(house, workshop, WISH.model_copy(update={"seed": 8}))
    assert (job.state, job.attempts, job.error) == (State.FAILED, 1, "JobFailed: refused 3 times: noise")
    assert workshop.kept == {}


async def test_cancelled_while_it_is_made_it_stops_and_leaves_nothing() -> None:
    workshop = Workshop()
    workshop.hold.clear()
    async with opened() as house, working(house.database, house.url, *duties(workshop)):
        job_id = await house.jobs.enqueue(MAKE, WISH)
        assert await asyncio.to_thread(workshop.begun.wait, 15)
        await reaches(house.jobs, job_id, State.RUNNING)
        await house.jobs.cancel(job_id)
        job = await ended(house.jobs, job_id)
    assert (job.state, workshop.called_off, workshop.kept) == (State.CANCELLED, 1, {})


async def test_progress_is_told_while_it_is_made() -> None:
    workshop = Workshop()
    workshop.hold.clear()
    async with opened() as house, working(house.database, house.url, *duties(workshop)):
        job_id: UUID = await house.jobs.enqueue(MAKE, WISH)
        async with asyncio.timeout(15):
            while (job := await house.jobs.find(job_id)).progress_words != "drums":  # noqa: ASYNC110 -- the worker's note sets no event
                await asyncio.sleep(0.02)
        assert job.progress == pytest.approx(0.45)
        workshop.hold.set()
        assert (await ended(house.jobs, job_id)).progress == 1.0


async def test_a_measurement_answers_what_was_measured() -> None:
    async with opened() as house, working(house.database, house.url, *duties(Workshop())):
        job_id = await house.jobs.enqueue(MEASURE, Trial())
        job = await ended(house.jobs, job_id)
    assert (job.state, job.result) == (State.DONE, {"backends": []})
