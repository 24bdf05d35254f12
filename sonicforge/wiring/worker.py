"""A worker, put together and run: keeps the catalogue in step with the media folder and makes takes ahead, at low priority."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import Final

import structlog

from control.analysis.duty import analysis_duty, tidy
from control.database.database import open_database
from control.library.step import StationFiles, keep_in_step
from control.likeness.comparing import keep_compared
from server.catalogue.catalogue import Catalogue
from server.catalogue.listening import Listening
from server.catalogue.media_folder import MediaFolder, Progress
from server.catalogue.media_index import MediaIndex
from server.clock import SystemClock
from server.ears.ears import Ears
from server.intake.intake import Intake
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.ears import accession_of, listening_of, open_ears
from sonicforge.wiring.jobs import run_jobs, worker_pace
from sonicforge.wiring.keep_ahead import open_studio_work
from sonicforge.wiring.kept_tasks import kept_tasks
from sonicforge.wiring.media import media_policy
from sonicforge.wiring.postgres import database_link
from sonicforge.wiring.recording import record
from sonicforge.wiring.studio import hold_threads
from sonicforge.withheld import withhold

LOWEST_PRIORITY: Final = 19

logger = structlog.get_logger()


async def run(settings: Settings, folders: Folders, ended: asyncio.Event) -> None:
    """Works until `ended`. A take under way is given up: the thread that makes it does not hold the process."""
    with suppress(OSError):
        os.nice(LOWEST_PRIORITY)
    hold_threads(settings)
    ears, catalogue = await asyncio.to_thread(open_ears, settings), Catalogue(folders.catalogue)
    listening = listening_of(settings, folders, ears, catalogue) if ears else None
    work: list[asyncio.Future[object]] = [
        asyncio.create_task(_library(settings, folders, ears, catalogue).run(), name="library"),
        asyncio.create_task(_office(settings, folders, listening, ears, ended), name="office"),
        asyncio.create_task(record(settings, folders, ended), name="aircheck"),
    ]
    if listening is not None:
        work.append(asyncio.create_task(listening.run(), name="listening"))
    waiting: asyncio.Future[object] = asyncio.create_task(ended.wait())
    everything: list[asyncio.Future[object]] = [waiting, *work]
    try:
        done, _ = await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()  # work ends by failing only: the process ends with it, and is started anew
    finally:
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)


async def _office(settings: Settings, folders: Folders, listening: Listening | None, ears: Ears | None, ended: asyncio.Event) -> None:
    """What the worker does for the office: keeps its tables in step with the files, does its jobs, and makes takes for its stations."""
    link = database_link(settings, folders, "worker")
    database = await open_database(link)
    files = {
        name: StationFiles(folders.station(name) / "history.jsonl", folders.station(name) / "state.json") for name in settings.stations
    }
    with suppress(OSError):
        await asyncio.to_thread(tidy, folders.uploads, SystemClock().wall())
    with suppress(OSError):
        await asyncio.to_thread(withhold, Catalogue(folders.catalogue), settings.stations)
    duties = [analysis_duty(listening, Catalogue(folders.catalogue), folders.uploads)] if listening else []
    works: dict[str, Callable[[], Awaitable[None]]] = {
        "likeness": partial(keep_compared, database, ended),
        "library table": partial(keep_in_step, database, Catalogue(folders.catalogue), files, ended),
        "jobs": partial(run_jobs, link, duties, ended, pace=worker_pace(settings)),
    }
    try:
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(kept_tasks(works))
            if settings.studio.enabled:
                await stack.enter_async_context(open_studio_work(settings, folders, ears, database, link, ended))
            await ended.wait()
    finally:
        await database.close()


def _library(settings: Settings, folders: Folders, ears: Ears | None, catalogue: Catalogue) -> MediaFolder:
    folder = settings.media.folder.expanduser().resolve()
    intake = Intake([folder], media_policy(settings))
    accession = accession_of(intake, folders, ears, catalogue)
    index = MediaIndex(folders.root / "media.json")
    return MediaFolder(folder, index, accession, catalogue, SystemClock(), _tell, folders.uploads)


def _tell(progress: Progress) -> None:
    logger.info("library", files=progress.files, tracks=progress.taken, refused=progress.refused, waiting=progress.waiting)
