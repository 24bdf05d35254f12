"""`sonicforge serve`: starts the engines, fronts, pushers and the worker, watches them, and restarts what dies.

It carries no sound and serves nobody, so there is nothing in it that could fail with them. It holds the listening socket, so that a
connection which arrives while a front restarts waits instead of being refused; and it keeps one spare: an engine that has done
everything but go on air, and takes the place of the next engine that dies.
"""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog

from sonicforge.child import Child

SETTLED_SECONDS: Final = 10.0
"""A child that has lived this long died of something new: it is restarted at once."""
LONGEST_PAUSE_SECONDS: Final = 5.0
SPARE_AFTER_SECONDS: Final = 2.0
"""The spare's imports must not compete with an engine that is going on air."""
LOOK_FOR_TARGETS_SECONDS: Final = 1.0

logger = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Crew:
    """Which processes a station house consists of."""

    stations: tuple[str, ...]
    """One engine each; empty where the engines run elsewhere."""
    fronts: int
    worker: bool
    spare: bool
    configuration: Path | None
    listening_descriptor: int | None
    source_descriptor: int | None
    """The socket at which DJs' programs are taken."""
    has_targets: Callable[[str], bool]
    """Whether a station is published anywhere now: then it has a pusher. Cheap, and never raises."""


class Supervisor:
    """Keeps a crew at work until it is told to end."""

    def __init__(self, crew: Crew) -> None:
        self._crew = crew
        self._spare: Child | None = None
        self._children: set[Child] = set()
        self._ending = False

    async def run(self, ended: asyncio.Event) -> None:
        """Until `ended` is set. Fronts end first, so that nobody is served by a dying station."""
        keepers = [asyncio.create_task(self._keep_engine(name)) for name in self._crew.stations]
        keepers += [asyncio.create_task(self._keep("front", self._front_arguments(), self._sockets())) for _ in range(self._crew.fronts)]
        keepers += [asyncio.create_task(self._keep_pusher(name)) for name in self._crew.stations]
        if self._crew.worker:
            keepers.append(asyncio.create_task(self._keep("worker", self._configured())))
        if self._crew.spare:
            keepers.append(asyncio.create_task(self._keep_spare()))
        waiting = asyncio.create_task(ended.wait())
        try:
            await asyncio.wait([waiting, *keepers], return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._ending = True
            for task in (waiting, *keepers):
                task.cancel()
            results = await asyncio.gather(waiting, *keepers, return_exceptions=True)
            for role in ("front", "pusher", "worker", "spare", "engine"):
                await asyncio.gather(*(child.end() for child in list(self._children) if child.role == role))
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _keep(self, role: str, arguments: Sequence[str], sockets: Sequence[int] = ()) -> None:
        """Starts the role again whenever it ends."""
        pause = 0.0
        while True:
            child = await self._start(role, arguments, sockets)
            pause = await self._watch(child, pause)
            await asyncio.sleep(pause)

    async def _keep_engine(self, station: str) -> None:
        """As _keep, but the spare takes the place of an engine that died."""
        pause = 0.0
        child = await self._start("engine", self._station_arguments(station))
        while True:
            pause = await self._watch(child, pause)
            await asyncio.sleep(pause)
            if self._spare is not None:
                child, self._spare = self._spare, None
                child.role = "engine"
                child.started = asyncio.get_running_loop().time()
                child.order(json.dumps({"station": station}))
                logger.info("the spare takes over", station=station, pid=child.pid)
            else:
                child = await self._start("engine", self._station_arguments(station))

    async def _keep_pusher(self, station: str) -> None:
        """A pusher while the station has targets. One that ends is started again, as a front is."""
        pause = 0.0
        while True:
            while not self._crew.has_targets(station):  # noqa: ASYNC110 -- it is a front that gives it some
                await asyncio.sleep(LOOK_FOR_TARGETS_SECONDS)
            child = await self._start("pusher", self._station_arguments(station))
            watching = asyncio.create_task(self._watch(child, pause))
            while not watching.done() and self._crew.has_targets(station):
                await asyncio.wait([watching], timeout=LOOK_FOR_TARGETS_SECONDS)
            if watching.done():
                pause = watching.result()
                await asyncio.sleep(pause)
            else:
                watching.cancel()
                self._children.discard(child)
                await child.end()
                pause = 0.0

    async def _keep_spare(self) -> None:
        """One warm engine in waiting, whenever there is none."""
        while True:
            await asyncio.sleep(SPARE_AFTER_SECONDS)
            if self._spare is None:
                spare = await self._start("spare", self._configured())
                self._spare = spare
            elif self._spare not in self._children:
                self._spare = None
            else:
                await self._spare_gone(self._spare)

    async def _spare_gone(self, spare: Child) -> None:
        """Returns soon after `spare` has ended or has been called on air."""
        while self._spare is spare:
            ending = asyncio.create_task(spare.ended())
            done, _ = await asyncio.wait([ending], timeout=SPARE_AFTER_SECONDS)
            ending.cancel()
            if done and self._spare is spare:
                self._spare = None
                self._children.discard(spare)
                logger.warning("the spare ended", status=ending.result())

    async def _start(self, role: str, arguments: Sequence[str], sockets: Sequence[int] = ()) -> Child:
        child = await Child.start(role, arguments, sockets)
        self._children.add(child)
        logger.debug("started", child=role, pid=child.pid)
        return child

    async def _watch(self, child: Child, pause: float) -> float:
        """Waits for its end; how long to wait before the next start, in seconds."""
        status = await child.ended()
        self._children.discard(child)
        lived = asyncio.get_running_loop().time() - child.started
        logger.error("a process ended", child=child.role, pid=child.pid, status=status, lived_seconds=round(lived, 1))
        if lived >= SETTLED_SECONDS:
            return 0.0
        return min(LONGEST_PAUSE_SECONDS, pause * 2 if pause else 0.05)

    def _configured(self) -> tuple[str, ...]:
        return ("--config", str(self._crew.configuration)) if self._crew.configuration else ()

    def _station_arguments(self, station: str) -> tuple[str, ...]:
        return ("--station", station, *self._configured())

    def _front_arguments(self) -> tuple[str, ...]:
        named = (("--socket", self._crew.listening_descriptor), ("--source-socket", self._crew.source_descriptor))
        return (*self._configured(), *(word for name, socket in named if socket is not None for word in (name, str(socket))))

    def _sockets(self) -> tuple[int, ...]:
        return tuple(socket for socket in (self._crew.listening_descriptor, self._crew.source_descriptor) if socket is not None)
