"""One attempt at a job, from its payload to its ending. Knows no database: time limits, cancelling and results are all decided here.

Work is first asked to end, then cancelled. Work that swallows its cancellation is cancelled again and again and keeps its seat; nobody
else is given its job meanwhile, because its worker still gives signs of life.
"""

import asyncio
import json
from asyncio import Task
from contextlib import suppress
from typing import Any, Final

import structlog
from pydantic import BaseModel, ValidationError

from control.jobs.claims import Claim
from control.jobs.ending import Ending, How, told
from control.jobs.kind import Duty, Result
from control.jobs.payload import unpack
from control.jobs.run import CallOff, JobFailed, Run

LARGEST_RESULT_BYTES: Final = 65_536

logger = structlog.get_logger()


async def attempt(duty: Duty[Any], claim: Claim, run: Run) -> Ending:
    """Does the work; raises nothing that the work has raised."""
    try:
        payload = duty.kind.payload.model_validate_json(unpack(claim.payload, claim.payload_packed))
    except (ValidationError, ValueError) as error:
        return Ending(How.HOPELESS, error=told(error))
    work = asyncio.create_task(_do(duty, payload, run), name=f"job {claim.kind} {claim.job_id}")
    in_time = await _ended(work, run, duty.kind.time_limit_seconds)
    if not in_time:
        await _end(work, run, duty.kind.grace_seconds)
    return _ending(work, run, None if in_time or run.why else duty.kind.time_limit_seconds)


async def _do(duty: Duty[Any], payload: BaseModel, run: Run) -> Result:
    return await duty.do(payload, run)


async def _ended(work: Task[Result], run: Run, limit_seconds: float) -> bool:
    """Waits until the work has ended by itself. False if it was called off first, or has taken too long."""
    called_off = asyncio.create_task(run.called_off.wait())
    try:
        await asyncio.wait({work, called_off}, timeout=limit_seconds, return_when=asyncio.FIRST_COMPLETED)
    except asyncio.CancelledError:
        work.cancel()
        raise
    finally:
        called_off.cancel()
        with suppress(asyncio.CancelledError):
            await called_off
    return work.done()


async def _end(work: Task[Result], run: Run, grace_seconds: float) -> None:
    """Asks the work to end, then cancels it."""
    run.called_off.set()
    await asyncio.wait({work}, timeout=grace_seconds)
    while not work.done():
        work.cancel()
        await asyncio.wait({work}, timeout=grace_seconds)
        if not work.done():
            logger.warning("a job swallows its cancellation", job=str(run.job_id), name=work.get_name())


def _ending(work: Task[Result], run: Run, over_limit_seconds: float | None) -> Ending:
    try:
        result = work.result()
    except (Exception, asyncio.CancelledError) as error:  # noqa: BLE001 -- whatever the work raises is written down
        return _broken(error, run, over_limit_seconds)
    try:
        text = _as_json(result)
    except (TypeError, ValueError) as error:
        return Ending(How.HOPELESS, error=told(error))
    return Ending(How.DONE, result=text)


def _broken(error: BaseException, run: Run, over_limit_seconds: float | None) -> Ending:
    if isinstance(error, JobFailed):
        return Ending(How.HOPELESS, error=told(error))
    if run.why is CallOff.CANCELLED:
        return Ending(How.CANCELLED)
    if run.why is not None:
        return Ending(How.HANDED_BACK)
    if over_limit_seconds is not None:
        return Ending(How.BROKEN, error=f"It took longer than {over_limit_seconds:g} s")
    logger.warning("a job's attempt failed", job=str(run.job_id), attempt=run.attempt, exc_info=error)
    return Ending(How.BROKEN, error=told(error))


def _as_json(result: Result) -> str | None:
    if result is None:
        return None
    text = result.model_dump_json() if isinstance(result, BaseModel) else json.dumps(dict(result), allow_nan=False)
    if len(text) > LARGEST_RESULT_BYTES:
        raise ValueError(f"a result may have {LARGEST_RESULT_BYTES} bytes, this one has {len(text)}; store it and answer its name")
    if "\\u0000" in text:
        raise ValueError("a result may hold no NUL")
    return text
