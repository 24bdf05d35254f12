"""The studio of a worker, put together: its room, the thread that keeps the buffers full, commissions, and what tells how it all stands."""

import asyncio
import hashlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from typing import Final

import structlog

from control.database.database import Database
from control.database.link import DatabaseLink
from control.errors import DatabaseAway
from control.pipeline.agents import tell_agents
from generation.brief import Brief
from generation.errors import CalledOff
from generation.rota import Rota
from server.catalogue.catalogue import Catalogue
from server.catalogue.measurement import measure
from server.clock import SystemClock
from server.ears.ears import Ears
from sonicforge.aired import AiredIds
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.studio_desk import desk_of
from sonicforge.studio_report import TOLD_SECONDS, write_report
from sonicforge.studio_room import StudioRoom
from sonicforge.studio_telling import agents_of, report_of
from sonicforge.takes import Takes
from sonicforge.wiring.bookings import do_bookings
from sonicforge.wiring.composed import Composing
from sonicforge.wiring.composing import open_composing
from sonicforge.wiring.kept_tasks import kept_tasks
from sonicforge.wiring.studio import open_studio
from sonicforge.wiring.studio_choice import choose, this_machine

Compose = Callable[[str, int, Rota], Brief]
"""(station, number, rota) -> what is to be made; the rota's own, where nobody composes. Never raises."""
AGENTS_SECONDS: Final = 4.0
STUMBLE_SECONDS: Final = 30.0
GRACE_SECONDS: Final = 4.0
"""So long the end waits for the backend to hear of it; one that says nothing does not hold the process."""

logger = structlog.get_logger()


def open_room(settings: Settings, folders: Folders, ears: Ears | None, compose: Compose) -> StudioRoom:
    """Loads nothing but what the critic needs. Raises InvalidConfiguration."""
    clock = SystemClock()
    studio, critic = open_studio(settings, clock.monotonic)
    desks = {}
    for name in settings.stations:
        takes = takes_of(name, settings, folders, ears)
        desks[name] = desk_of(takes, partial(_composed, compose, name, rota_of(name, settings)))
    wanted = settings.studio.buffer_minutes * 60.0
    return StudioRoom(studio, critic, desks, wanted, clock.monotonic, clock.wall, choose(settings, this_machine()).why)


def rota_of(name: str, settings: Settings) -> Rota:
    """What the station makes where nobody composes."""
    station = settings.stations[name]
    seed = int.from_bytes(hashlib.sha256(f"{name}/{station.studio_seed}".encode()).digest()[:8]) >> 1
    return Rota(station.studio_genres, seed, (settings.studio.min_seconds, settings.studio.max_seconds))


def takes_of(name: str, settings: Settings, folders: Folders, ears: Ears | None) -> Takes:
    """Where the station's takes go."""
    return Takes(
        station=name,
        folder=folders.studio,
        catalogue=Catalogue(folders.catalogue),
        counter_file=folders.station(name) / "studio.counter",
        vectors_file=folders.station(name) / "studio.vectors",
        keep_count=settings.studio.keep,
        aired=AiredIds(folders.station(name) / "history.jsonl"),
        wall=SystemClock().wall,
        measure=ears.listen if ears else measure,
    )


@asynccontextmanager
async def open_studio_work(
    settings: Settings, folders: Folders, ears: Ears | None, database: Database, link: DatabaseLink, ended: asyncio.Event
) -> AsyncIterator[None]:
    """For the block, takes are made: ahead of the air, and as they are commissioned."""
    composer = await open_composing(settings, database)
    composing = Composing(asyncio.get_running_loop(), composer)
    room = await asyncio.to_thread(open_room, settings, folders, ears, composing)
    works: dict[str, Callable[[], Awaitable[None]]] = {
        "studio's commissions": partial(do_bookings, settings, folders, link, room.make, room.keep, room.alone, ended),
        "studio's report": partial(_tell, room, folders, composing),
        "composer": partial(composer.run, ended),
        "agents": partial(_tell_of_agents, room, database),
    }
    thread = threading.Thread(target=_work, args=(room,), name="studio", daemon=True)
    try:
        async with kept_tasks(works):
            thread.start()
            yield
    finally:
        room.ending.set()
        await asyncio.to_thread(thread.join, GRACE_SECONDS)
        await composer.close()


def _work(room: StudioRoom) -> None:
    """The studio's thread. Whatever a step raises is not the last one; at the end a take under way is called off."""
    while not room.ending.is_set():
        try:
            rest = room.step()
        except CalledOff:
            return
        except Exception as error:  # a disk that cannot be read, a memory that is full
            logger.error("the studio's turn failed; the next one comes", exc_info=error)
            rest = STUMBLE_SECONDS
        room.ending.wait(rest)


async def _tell(room: StudioRoom, folders: Folders, composing: Composing) -> None:
    """Writes the report for the fronts, again and again, until cancelled. A disk that is full is no reason to stop."""
    while True:
        with suppress(OSError):
            report = report_of(room, SystemClock().wall(), composing.models(), composing.figures())
            await asyncio.to_thread(write_report, folders.studio_report, report)
        await asyncio.sleep(TOLD_SECONDS)


async def _tell_of_agents(room: StudioRoom, database: Database) -> None:
    """Keeps the agents' standings in the database, until cancelled."""
    while True:
        with suppress(DatabaseAway):
            await tell_agents(database, agents_of(room))
        await asyncio.sleep(AGENTS_SECONDS)


def _composed(compose: Compose, station: str, rota: Rota, number: int) -> Brief:
    return compose(station, number, rota)
