"""A worker, put together and run: keeps the catalogue in step with the media folder and renders takes ahead, at low priority."""

import asyncio
import hashlib
import os
import threading
import time
from contextlib import suppress
from functools import partial
from typing import Final

import structlog

from control.analysis.duty import analysis_duty, tidy
from control.database.database import open_database
from control.library.step import StationFiles, keep_in_step
from control.likeness.comparing import keep_compared
from generation.backend import unheard
from generation.critic import judge
from generation.procedural.composer import ProceduralComposer
from generation.studio import Studio
from generation.worker import first_turn, render_ahead
from server.catalogue.catalogue import Catalogue
from server.catalogue.listening import Listening
from server.catalogue.measurement import measure
from server.catalogue.media_folder import MediaFolder, Progress
from server.catalogue.media_index import MediaIndex
from server.clock import SystemClock
from server.ears.ears import Ears
from server.intake.intake import Intake
from server.rundown.history import History
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.takes import Takes
from sonicforge.wiring.ears import accession_of, listening_of, open_ears
from sonicforge.wiring.jobs import run_jobs, worker_pace
from sonicforge.wiring.kept_tasks import kept_tasks
from sonicforge.wiring.media import media_policy
from sonicforge.wiring.postgres import database_link
from sonicforge.wiring.recording import record

LOWEST_PRIORITY: Final = 19

logger = structlog.get_logger()


async def run(settings: Settings, folders: Folders, ended: asyncio.Event) -> None:
    """Works until `ended`. A render under way is given up: the thread that makes it does not hold the process."""
    with suppress(OSError):
        os.nice(LOWEST_PRIORITY)
    ending = threading.Event()
    ears, catalogue = await asyncio.to_thread(open_ears, settings), Catalogue(folders.catalogue)
    listening = listening_of(settings, folders, ears, catalogue) if ears else None
    work: list[asyncio.Future[object]] = [
        asyncio.create_task(_library(settings, folders, ears, catalogue).run(), name="library"),
        asyncio.create_task(_office(settings, folders, listening, ended), name="office"),
        asyncio.create_task(record(settings, folders, ended), name="aircheck"),
    ]
    if listening is not None:
        work.append(asyncio.create_task(listening.run(), name="listening"))
    if settings.studio.enabled:
        work.append(_studio(settings, folders, ears, ending))
    waiting: asyncio.Future[object] = asyncio.create_task(ended.wait())
    everything: list[asyncio.Future[object]] = [waiting, *work]
    try:
        done, _ = await asyncio.wait(everything, return_when=asyncio.FIRST_COMPLETED)
        for each in done:
            each.result()  # work ends by failing only: the process ends with it, and is started anew
    finally:
        ending.set()
        for task in everything:
            task.cancel()
        await asyncio.gather(*everything, return_exceptions=True)


async def _office(settings: Settings, folders: Folders, listening: Listening | None, ended: asyncio.Event) -> None:
    """What the worker does for the office: keeps its tables in step with the files, and does its jobs."""
    link = database_link(settings, folders, "worker")
    database = await open_database(link)
    files = {
        name: StationFiles(folders.station(name) / "history.jsonl", folders.station(name) / "state.json") for name in settings.stations
    }
    with suppress(OSError):
        await asyncio.to_thread(tidy, folders.uploads, SystemClock().wall())
    duties = [analysis_duty(listening, Catalogue(folders.catalogue), folders.uploads)] if listening else []
    works = {
        "likeness": partial(keep_compared, database, ended),
        "library table": partial(keep_in_step, database, Catalogue(folders.catalogue), files, ended),
        "jobs": partial(run_jobs, link, duties, ended, pace=worker_pace(settings)),
    }
    try:
        async with kept_tasks(works):
            await ended.wait()
    finally:
        await database.close()


def _studio(settings: Settings, folders: Folders, ears: Ears | None, ending: threading.Event) -> asyncio.Future[object]:
    """Starts the studio's thread; the future fails when the thread does."""
    loop = asyncio.get_running_loop()
    failed: asyncio.Future[object] = loop.create_future()

    def fail(error: Exception) -> None:
        if not failed.done():
            failed.set_exception(error)

    def work() -> None:
        try:
            _render_ahead(settings, folders, ears, ending)
        except Exception as error:  # noqa: BLE001 -- whatever it is, it is told to who waits
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(fail, error)

    threading.Thread(target=work, name="studio", daemon=True).start()
    return failed


def _render_ahead(settings: Settings, folders: Folders, ears: Ears | None, ending: threading.Event) -> None:
    """Serves the stations in turn: one take each, as long as too few of it wait."""
    desks = {name: _desk(name, settings, folders, ears) for name in settings.stations}
    turns = {name: first_turn(takes.counter) for name, (_, takes) in desks.items()}
    while not ending.is_set():
        for name, (studio, takes) in desks.items():
            began = time.monotonic()
            turns[name] = turn = render_ahead(studio, takes, takes.waiting, settings.studio.ahead, turns[name], unheard)
            if turn.counter != takes.counter:
                takes.count(turn.counter)
            if turn.failure:
                logger.warning("no take", station=name, reason=turn.failure, failures=turn.failures)
            elif turn.take:
                told = {"genre": turn.take.brief.genre, "title": turn.take.title, "artist": turn.take.artist}
                logger.info("take", station=name, **told, seconds=round(turn.take.seconds), made_in=round(time.monotonic() - began, 1))
        ending.wait(min(turn.rest_seconds for turn in turns.values()))


def _desk(name: str, settings: Settings, folders: Folders, ears: Ears | None) -> tuple[Studio, Takes]:
    """A station's studio, and where its takes go."""
    station = settings.stations[name]
    seed = int.from_bytes(hashlib.sha256(f"{name}/{station.studio_seed}".encode()).digest()[:8]) >> 1
    studio = Studio(ProceduralComposer(), judge, station.studio_genres, seed, (settings.studio.min_seconds, settings.studio.max_seconds))
    takes = Takes(
        station=name,
        folder=folders.studio,
        catalogue=Catalogue(folders.catalogue),
        counter_file=folders.station(name) / "studio.counter",
        keep_count=settings.studio.keep,
        aired=lambda: History(folders.station(name) / "history.jsonl").aired_ids(),
        wall=SystemClock().wall,
        measure=ears.listen if ears else measure,
    )
    return studio, takes


def _library(settings: Settings, folders: Folders, ears: Ears | None, catalogue: Catalogue) -> MediaFolder:
    folder = settings.media.folder.expanduser().resolve()
    intake = Intake([folder], media_policy(settings))
    accession = accession_of(intake, folders, ears, catalogue)
    index = MediaIndex(folders.root / "media.json")
    return MediaFolder(folder, index, accession, catalogue, SystemClock(), _tell, folders.uploads)


def _tell(progress: Progress) -> None:
    logger.info("library", files=progress.files, tracks=progress.taken, refused=progress.refused, waiting=progress.waiting)
