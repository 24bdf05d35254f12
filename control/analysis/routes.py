"""/api/v1/audio/analyze, /api/v1/audio/{id}/analyze, /api/v1/audio/analyses/{id}: what the ears say, and asking them anew."""

import asyncio
import os
from pathlib import Path
from typing import Final
from uuid import UUID, uuid4

from pydantic import BaseModel, ConfigDict, Field

from control.analysis.analysis import ANALYSE, FOLDER, Wanted
from control.api.call import Answer, Call
from control.api.limit import Limit
from control.api.operation import operation
from control.errors import DatabaseAway, Invalid, Malformed, NotFound, TooLarge, WrongType
from control.jobs.job import Job, State
from control.jobs.run import JobFailed
from control.jobs.service import Jobs
from control.library.hearing_told import HearingTold, hearing_told
from control.library.library import Library
from control.library.parts import UPLOAD, file_part, pieces
from control.library.spool import NoRoom, refusing_a_full_disk, spooled
from control.permissions import Permission
from control.principal import Principal
from control.stations.wishes import TrackId

TAG: Final = "library"
OFTEN: Final = Limit(12, 60.0)


class OfTrack(BaseModel):
    """Which track is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: TrackId


class OfAnalysis(BaseModel):
    """Which analysis is meant."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: UUID


class Heard(HearingTold):
    """All that the ears say, the vector among it."""

    features: list[float] = Field(description="As they were heard; compare only vectors of one model.")


class AnalysisTold(BaseModel):
    """How far an analysis is."""

    model_config = ConfigDict(frozen=True)

    id: UUID
    state: State
    progress: float = Field(ge=0, le=1)
    progress_words: str
    hearing: Heard | None = Field(description="When it is done.")
    error: str | None = Field(description="Why it failed, or why its last attempt did.")


class AnalysisRoutes:
    """The operations; `operations(AnalysisRoutes(...))` makes their routes."""

    def __init__(self, jobs: Jobs, library: Library, uploads: Path, largest_bytes: int) -> None:
        """`uploads`: the folder of uploads, which the worker shares."""
        self._jobs = jobs
        self._library = library
        self._uploads = uploads
        self._largest_bytes = largest_bytes

    @operation(
        "GET",
        "/api/v1/audio/{id}/analyze",
        permission=Permission.LIBRARY_TRACKS_READ,
        summary="What the ears say of a track",
        tag=TAG,
        raises=(NotFound,),
    )
    async def heard(self, call: Call, *, path: OfTrack) -> Heard:
        """As it was heard last. 404 until it has been."""
        hearing = (await self._library.one(path.id, call.principal)).track.hearing
        if hearing is None:
            raise NotFound("It has not been heard yet.")
        return Heard(**hearing_told(hearing).model_dump(), features=list(hearing.features))

    @operation(
        "POST",
        "/api/v1/audio/{id}/analyze",
        permission=Permission.LIBRARY_TRACKS_UPLOAD,
        summary="Have a track heard anew",
        tag=TAG,
        status=202,
        raises=(NotFound,),
        limit=OFTEN,
    )
    async def hear_track(self, call: Call, *, path: OfTrack) -> Answer[AnalysisTold]:
        """Queued at once, done by a worker; asked again while it waits, it is the same analysis."""
        await self._library.one(path.id, call.principal)
        key = f"{path.id} {call.principal.account_id}"
        return await self._queued(Wanted(track_id=path.id, file=""), call.principal, key)

    @operation(
        "POST",
        "/api/v1/audio/analyze",
        permission=Permission.LIBRARY_TRACKS_UPLOAD,
        summary="Have a file heard",
        tag=TAG,
        status=202,
        takes=UPLOAD,
        raises=(WrongType, Malformed, TooLarge, Invalid, NoRoom),
        limit=OFTEN,
    )
    async def hear_file(self, call: Call) -> Answer[AnalysisTold]:
        """multipart/form-data with one file in the field `file`. It is heard by a worker and forgotten; the library does not change."""
        part = await file_part(call.request, self._largest_bytes)
        async with spooled(self._uploads, pieces(part), self._largest_bytes) as spool:
            name = f"{uuid4().hex}{spool.ending}"
            await asyncio.to_thread(_move, spool.path, self._uploads / FOLDER / name)
        try:
            return await self._queued(Wanted(track_id="", file=name), call.principal, None)
        except DatabaseAway:
            await asyncio.to_thread((self._uploads / FOLDER / name).unlink, missing_ok=True)
            raise

    @operation(
        "GET",
        "/api/v1/audio/analyses/{id}",
        permission=Permission.LIBRARY_TRACKS_UPLOAD,
        summary="How far an analysis is",
        tag=TAG,
        raises=(NotFound,),
    )
    async def analysis(self, call: Call, *, path: OfAnalysis) -> AnalysisTold:
        """For who asked for it, and for those who may read all jobs."""
        job = await self._jobs.find(path.id)
        is_own = job.account_id is not None and job.account_id == call.principal.account_id
        if job.kind != ANALYSE.name or not (is_own or call.principal.may(Permission.HOUSE_JOBS_READ)):
            raise NotFound("There is no such analysis.")
        return _told(job)

    async def _queued(self, wanted: Wanted, asker: Principal, key: str | None) -> Answer[AnalysisTold]:
        job_id = await self._jobs.enqueue(ANALYSE, wanted, dedupe_key=key, account_id=asker.account_id)
        return Answer(_told(await self._jobs.find(job_id)), headers={"Location": f"/api/v1/audio/analyses/{job_id}"})


def _told(job: Job) -> AnalysisTold:
    hearing = Heard.model_validate(job.result) if job.result is not None else None
    error = job.error.removeprefix(f"{JobFailed.__name__}: ") if job.error else None
    progress = round(job.progress, 3)
    return AnalysisTold(id=job.id, state=job.state, progress=progress, progress_words=job.progress_words, hearing=hearing, error=error)


def _move(source: Path, target: Path) -> None:
    with refusing_a_full_disk():
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(source, target)  # noqa: PTH105 -- of one file system
