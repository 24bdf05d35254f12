"""The duty of hearing on request: what a worker does with a job of that kind. It brings the kernels along, so no front imports it."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Protocol

from control.analysis.analysis import ANALYSE, FOLDER, Wanted
from control.jobs.kind import Duty
from control.jobs.run import JobFailed, Run
from control.library.hearing_told import hearing_told
from dsp.hearing import Hearing
from server.catalogue.heard import Heard
from server.catalogue.measurement import Measurement
from server.intake.refusal import Refused
from server.track import Track

LEFT_OVER_SECONDS: Final = 86_400.0


class Listening(Protocol):
    """What has things heard (server/catalogue/listening.py)."""

    async def hear_file(self, path: Path, tell: Callable[[float, str], None]) -> Measurement: ...
    async def hear_track(self, track: Track, tell: Callable[[float, str], None]) -> Heard: ...


class Shelf(Protocol):
    """Where tracks are found (server/catalogue/catalogue.py)."""

    def refresh(self) -> bool: ...
    def track(self, track_id: str) -> Track | None: ...


def analysis_duty(listening: Listening, shelf: Shelf, uploads: Path) -> Duty[Wanted]:
    """The worker's part. `shelf` is this duty's own."""

    async def analyse(wanted: Wanted, run: Run) -> dict[str, Any]:
        try:
            if wanted.file:
                return _told(await _hear_file(listening, uploads / FOLDER / wanted.file, run))
            return _told((await listening.hear_track(_find(shelf, wanted.track_id), run.tell)).hearing)
        except Refused as refusal:
            raise JobFailed(refusal.reason) from refusal

    return Duty(ANALYSE, analyse)


def tidy(uploads: Path, now: float) -> int:
    """Removes files of jobs that were never done; how many. `now` in UNIX seconds. Blocks. Raises OSError."""
    left = [path for path in (uploads / FOLDER).glob("*") if now - path.stat().st_mtime > LEFT_OVER_SECONDS]
    for path in left:
        path.unlink(missing_ok=True)
    return len(left)


async def _hear_file(listening: Listening, path: Path, run: Run) -> Hearing:
    """Whatever is not the file's fault leaves it there for another attempt."""
    try:
        measured = await listening.hear_file(path, run.tell)
    except Refused:
        await asyncio.to_thread(path.unlink, missing_ok=True)
        raise
    await asyncio.to_thread(path.unlink, missing_ok=True)
    if measured.heard is None:
        raise JobFailed("This worker measures, and does not hear.")
    return measured.heard.hearing


def _find(shelf: Shelf, track_id: str) -> Track:
    shelf.refresh()
    track = shelf.track(track_id)
    if track is None:
        raise JobFailed("The track is not in the catalogue, or this worker has another one.")
    return track


def _told(hearing: Hearing) -> dict[str, Any]:
    return {**hearing_told(hearing).model_dump(mode="json"), "features": list(hearing.features)}
