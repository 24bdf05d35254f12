"""The worker's part of a booking: has the take made in a thread, keeps it, and queues it if that was wished.

Doing it twice makes one track: the brief of a booking never changes, and a track has its brief's id. Whoever cancels, or takes the job
away, is heard by the backend at its next word of progress.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any, Final, TypeAlias

import structlog

from control.jobs.kind import Duty
from control.jobs.run import JobFailed, Run
from control.pipeline.booking import MAKE, MEASURE, Booked, Trial
from control.pipeline.trial import measure_backends
from generation.backend import Backend, Progress
from generation.brief import Brief
from generation.errors import CalledOff, InvalidBrief, LicenceForbids, TakesRefused
from generation.take import Take

Make: TypeAlias = Callable[[str, Brief, Progress], Take]
"""(station, brief, progress) -> a take that the critic has accepted. Called in a thread, waits for its turn there. Raises StudioError."""
Keep: TypeAlias = Callable[[str, Take], None]
"""(station, take): files it under the take's id. Called in a thread. Raises OSError."""
Alone: TypeAlias = Callable[[], AbstractContextManager[Sequence[Backend]]]
"""The worker's backends, while nobody else uses them. Entered and left in one thread, waits for its turn there."""
Cue: TypeAlias = Callable[[str, str, str], Awaitable[str]]
"""(station, track id, command id) -> the entry it became. Sent twice with one command id it is queued once. Raises NotQueued."""

MADE: Final = 0.9
"""How far a job is when its take is made."""

logger = structlog.get_logger()


class NotQueued(Exception):
    """The station did not take a track into its queue; the message says why."""


def pipeline_duties(make: Make, keep: Keep, alone: Alone, cue: Cue) -> list[Duty[Any]]:
    """What a worker with a studio does of the pipeline's jobs. They take long: give them a worker of one seat."""

    async def make_take(booked: Booked, run: Run) -> dict[str, Any]:
        take = await _made(make, booked, run)
        run.tell(MADE, "keeping it")
        await asyncio.to_thread(keep, booked.station, take)
        told = _told(take)
        if booked.air:
            told |= await _queued(cue, booked.station, take.id, run)
        logger.info("a booked take", station=booked.station, track=take.id, title=take.title, attempt=run.attempt)
        return told

    async def measure(trial: Trial, run: Run) -> dict[str, Any]:
        def work() -> list[dict[str, Any]]:
            with alone() as backends:
                return measure_backends(backends, trial.seconds, _progress(run, 1.0))

        return {"backends": await asyncio.to_thread(work)}

    return [Duty(MAKE, make_take), Duty(MEASURE, measure)]


async def _made(make: Make, booked: Booked, run: Run) -> Take:
    """The take, by the id that was promised. Raises JobFailed where another attempt would fail as well."""
    try:
        brief = booked.brief()
        take = await asyncio.to_thread(make, booked.station, brief, _progress(run, MADE))
    except (InvalidBrief, LicenceForbids, TakesRefused) as error:
        raise JobFailed(str(error)) from error
    # A refused take is made again from another seed, which `provenance` tells. The track is still the one that was booked.
    return take if take.id == brief.id else replace(take, brief=brief)


def _progress(run: Run, share: float) -> Progress:
    """Carries the backend's words to the job, and the job's end to the backend."""

    def tell(done: float, doing: str) -> None:
        if run.called_off.is_set():
            raise CalledOff(f"job {run.job_id} was called off: {run.why or 'it took too long'}")
        run.tell(share * min(max(done, 0.0), 1.0), doing)

    return tell


async def _queued(cue: Cue, station: str, track_id: str, run: Run) -> dict[str, Any]:
    """A take that was made is not lost because the station would not queue it: the rundown chooses it some time."""
    run.tell(MADE, "queueing it")
    try:
        return {"entry_id": await cue(station, track_id, f"{run.job_id.hex}")}
    except NotQueued as error:
        logger.warning("a booked take was not queued", station=station, track=track_id, reason=str(error))
        return {"not_queued": str(error)[:400]}


def _told(take: Take) -> dict[str, Any]:
    licence = take.licence
    return {
        "track_id": take.id,
        "title": take.title,
        "artist": take.artist,
        "seconds": round(take.seconds, 2),
        "bpm": round(take.bpm, 2),
        "key": take.key,
        "backend": take.provenance.get("backend", ""),
        "licence": licence.name,
        "commercial_ok": licence.commercial_ok,
        "attribution": licence.attribution,
        "scores": {name: round(float(value), 4) for name, value in take.scores.items()},
    }
