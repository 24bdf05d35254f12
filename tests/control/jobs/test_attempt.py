"""One attempt, without a database: claims are made by hand."""

import asyncio
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from pgqueuer.domain.models import Job as QueueRow

from control.jobs.attempt import LARGEST_RESULT_BYTES, attempt
from control.jobs.claims import Claim
from control.jobs.ending import How
from control.jobs.kind import Duty, Kind, Result
from control.jobs.run import CallOff, JobFailed, Run
from tests.control.jobs.works import Note

KIND = Kind("test.try", Note, time_limit_seconds=0.05, grace_seconds=0.02)
PATIENT = Kind("test.try", Note, time_limit_seconds=10, grace_seconds=0.02)
_THEN = datetime(2026, 1, 1, tzinfo=UTC)


def claim(payload: bytes = b'{"number": 7}', packed: bool = False) -> Claim:
    times = {"created": _THEN, "updated": _THEN, "heartbeat": _THEN, "execute_after": _THEN}
    row = QueueRow(id=1, priority=5, status="picked", entrypoint="test.try", payload=b"", queue_manager_id=uuid4(), headers=None, **times)
    return Claim(row, UUID(int=1), "test.try", 1, 3, payload, packed, None, False)


def run() -> Run:
    return Run(UUID(int=1), 1)


async def test_work_gets_its_payload_and_its_result_is_kept() -> None:
    async def double(note: Note, run: Run) -> Result:
        return {"number": note.number * 2, "attempt": run.attempt}

    ending = await attempt(Duty(PATIENT, double), claim(), run())
    assert (ending.how, ending.result) == (How.DONE, '{"number": 14, "attempt": 1}')


async def test_a_model_is_a_result_too() -> None:
    async def answer(note: Note, _run: Run) -> Result:
        return note

    assert (await attempt(Duty(PATIENT, answer), claim(), run())).result == '{"words":"","number":7}'


@pytest.mark.parametrize("payload", [b"{", b'{"number": "many"}', b"[]", b""])
async def test_a_payload_that_cannot_be_read_is_hopeless(payload: bytes) -> None:
    async def never(note: Note, _run: Run) -> Result:
        raise AssertionError(note)

    assert (await attempt(Duty(PATIENT, never), claim(payload), run())).how is How.HOPELESS
    assert (await attempt(Duty(PATIENT, never), claim(payload, packed=True), run())).how is How.HOPELESS


async def test_what_breaks_may_be_tried_again_and_what_says_so_may_not() -> None:
    async def work(note: Note, _run: Run) -> Result:
        raise JobFailed("no such track") if note.words else OSError("the disk is full")

    broken = await attempt(Duty(PATIENT, work), claim(), run())
    assert (broken.how, broken.error) == (How.BROKEN, "OSError: the disk is full")
    hopeless = await attempt(Duty(PATIENT, work), claim(b'{"words": "x"}'), run())
    assert (hopeless.how, hopeless.error) == (How.HOPELESS, "JobFailed: no such track")


async def test_work_that_takes_too_long_is_asked_then_cancelled() -> None:
    steps = []

    async def linger(_note: Note, run: Run) -> Result:
        await run.called_off.wait()
        steps.append("asked")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            steps.append("cancelled")
            raise
        return None

    ending = await attempt(Duty(KIND, linger), claim(), run())
    assert (ending.how, ending.error) == (How.BROKEN, "It took longer than 0.05 s")
    assert steps == ["asked", "cancelled"]


async def test_work_that_swallows_its_cancellation_is_cancelled_again() -> None:
    swallowed = 0

    async def stubborn(_note: Note, _run: Run) -> Result:
        nonlocal swallowed
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                swallowed += 1
                if swallowed == 3:
                    raise

    assert (await attempt(Duty(KIND, stubborn), claim(), run())).how is How.BROKEN
    assert swallowed == 3


@pytest.mark.parametrize(("why", "how"), [(CallOff.CANCELLED, How.CANCELLED), (CallOff.HANDED_BACK, How.HANDED_BACK)])
async def test_work_that_is_called_off_ends_as_it_was_called_off(why: CallOff, how: How) -> None:
    async def work(_note: Note, run: Run) -> Result:
        run.call_off(why)
        run.call_off(CallOff.LOST)
        await asyncio.Event().wait()
        return None

    assert (await attempt(Duty(PATIENT, work), claim(), run())).how is how


async def test_work_that_ends_well_in_its_grace_is_done_though_called_off() -> None:
    async def work(_note: Note, run: Run) -> Result:
        run.call_off(CallOff.CANCELLED)
        await run.called_off.wait()
        return {"half": True}

    ending = await attempt(Duty(PATIENT, work), claim(), run())
    assert (ending.how, ending.result) == (How.DONE, '{"half": true}')


@pytest.mark.parametrize("result", [{"x": "y" * LARGEST_RESULT_BYTES}, {"x": object()}, {"x": float("nan")}, {"x": "a\0"}, 7])
async def test_a_result_that_cannot_be_kept_is_hopeless(result: Result) -> None:
    async def work(_note: Note, _run: Run) -> Result:
        return result

    assert (await attempt(Duty(PATIENT, work), claim(), run())).how is How.HOPELESS


async def test_cancelling_the_attempt_cancels_the_work() -> None:
    begun, over = asyncio.Event(), asyncio.Event()

    async def work(_note: Note, _run: Run) -> Result:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            over.set()
        return None

    task = asyncio.create_task(attempt(Duty(PATIENT, work), claim(), run()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(over.wait(), 1)


def test_progress_is_carried_over_once_and_stays_within_its_bounds() -> None:
    job = run()
    assert job.news() is None
    job.tell(0.4, "mixing")
    job.tell(7, "x" * 1000)
    assert job.news() == (1.0, "x" * 200)
    assert job.news() is None
