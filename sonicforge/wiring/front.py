"""A front, put together and run: relays of all stations, every way out and in, pages and probes, behind one door."""

import asyncio
import resource
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from typing import Final

import structlog
from aiohttp.web import Application

from control.api.problems import clear_refusals
from control.api.routes import api_routes
from control.permissions import Permission
from server.clock import SystemClock
from server.console.metrics import MasteringMetrics
from server.door.answers import clear_answers
from server.door.door import DoorLimits, open_door
from server.door.event_loop import watch_event_loop
from server.door.health import health_routes
from server.door.line import LineLimits
from server.door.metrics import Metrics, metrics_routes
from server.live.entrance import Entrance
from server.relay.relay import Relay
from server.route import Route, add_routes
from server.wire.wire import Rendition
from server.wire.wire_front import follow
from sonicforge import __version__
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.studio_report import StudioReport, read_report
from sonicforge.wiring.house import door_tls, house_secrets
from sonicforge.wiring.kept_tasks import kept_tasks
from sonicforge.wiring.office import Office, open_office
from sonicforge.wiring.outputs import Outputs, outputs_of
from sonicforge.wiring.outs_office import Ledger, open_ledger
from sonicforge.wiring.source_port import open_source_port
from sonicforge.wiring.studio_metrics import StudioMetrics
from sonicforge.wiring.whip import WhipIn, open_whip
from web.pages import hang_templates

logger = structlog.get_logger()
LARGEST_BODY_BYTES: Final = 1_000_000
DOOR_OPENS_AFTER_SECONDS: Final = 1.0
"""At the latest: with an engine that is away, probes and pages must still be served."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What a front has of its stations before anybody comes."""

    clock: SystemClock
    metrics: Metrics
    ledger: Ledger
    relays: dict[str, Relay]
    entrances: dict[str, Entrance]
    outputs: Outputs

    def close(self) -> None:
        """Nothing is sent, and nobody is live, any more."""
        for entrance in self.entrances.values():
            entrance.close()
        for relay in self.relays.values():
            relay.close()


def ground_of(settings: Settings, folders: Folders) -> Ground:
    """On the front's loop."""
    clock, metrics = SystemClock(), Metrics(__version__)
    ledger = open_ledger(settings, clock)
    relays = {name: Relay(name, clock, asyncio.get_running_loop()) for name in settings.stations}
    entrances = {name: Entrance(relay, settings.live.max_sources, clock) for name, relay in relays.items()}
    outputs = outputs_of(settings, folders, relays, ledger.listeners, metrics.kicked, clock)
    return Ground(clock, metrics, ledger, relays, entrances, outputs)


async def run(settings: Settings, folders: Folders, listening: socket.socket, sources: socket.socket | None, ended: asyncio.Event) -> None:
    """Serves until `ended`, then lets listeners go. `sources`: where DJs' programs are taken, if anywhere."""
    _allow_many_files()
    ground = ground_of(settings, folders)
    metrics, relays, outputs = ground.metrics, ground.relays, ground.outputs
    works: dict[str, Callable[[], Awaitable[None]]] = {
        f"wire {name}": partial(follow, folders.wire(name), relay) for name, relay in relays.items()
    }
    works["event loop"] = partial(watch_event_loop, metrics.lagged, ground.clock.monotonic, asyncio.sleep)
    tls = door_tls(settings)
    if tls is not None:
        works["certificate"] = partial(tls.keep_renewed, asyncio.sleep)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(kept_tasks(works))
        stack.callback(ground.close)
        secrets = await house_secrets(settings, folders)
        office = await stack.enter_async_context(open_office(settings, folders, secrets, ground.relays, ground.entrances, ground.ledger))
        whip = open_whip(settings, folders, ground.entrances, office.outs.name_of, ground.clock)
        application = _application(outputs, office, whip, metrics, lambda: door.draining)
        await _filled(outputs, relays)
        await whip.start()
        stack.push_async_callback(whip.close)
        await outputs.webrtc.start()
        stack.push_async_callback(outputs.close)
        await stack.enter_async_context(open_source_port(settings, ground.entrances, office.outs.login, sources, metrics.kicked))
        door = await open_door(application, [listening], _door_limits(settings), metrics.kicked, tls.context if tls else None)
        metrics.watch(outputs.vigils, ground.ledger.listeners, lambda: len(door))
        for figures in (office.metrics, office.outs.metrics, outputs.webrtc.figures, MasteringMetrics(relays)):
            metrics.registry.register(figures)
        if settings.studio.enabled:
            metrics.registry.register(StudioMetrics(partial(_studio, folders, ground.clock)))
        logger.info("serving", stations=list(relays))
        try:
            await ended.wait()
        finally:
            await outputs.close()
            await office.pipeline.sockets.close()
            await door.close(settings.server.drain_seconds)


def _studio(folders: Folders, clock: SystemClock) -> StudioReport | None:
    return read_report(folders.studio_report, clock.wall())


def _application(outputs: Outputs, office: Office, whip: WhipIn, metrics: Metrics, draining: Callable[[], bool]) -> Application:
    """Every address of this front behind the guard, and what stands around them all."""
    application = Application(middlewares=[clear_answers, clear_refusals], client_max_size=LARGEST_BODY_BYTES)
    hang_templates(application)
    office.gatehouse.hang_into(application)
    add_routes(application, every_route(outputs, office, whip, metrics, draining), office.gatehouse.guard)
    return application


def every_route(outputs: Outputs, office: Office, whip: WhipIn, metrics: Metrics, draining: Callable[[], bool]) -> list[Route]:
    """All that a front answers to. Raises ValueError where something in it may not start (control/api/routes.py)."""
    probes = health_routes(outputs.vigils, draining, outputs.warming, detail_permission=Permission.STATION_HEALTH_READ, parts=office.parts)
    routes = [*outputs.routes, *whip.routes, *office.routes, *probes]
    routes += metrics_routes(metrics, permission=Permission.HOUSE_METRICS_READ)
    return [*routes, *api_routes(routes, "SonicForge", __version__)]


@asynccontextmanager
async def routes_of(settings: Settings, folders: Folders) -> AsyncIterator[list[Route]]:
    """Every route of a front that serves nobody, for whoever looks at them all: its engines and its database need not be there."""
    ground = ground_of(settings, folders)
    secrets = await house_secrets(settings, folders)
    async with open_office(settings, folders, secrets, ground.relays, ground.entrances, ground.ledger) as office:
        whip = open_whip(settings, folders, ground.entrances, office.outs.name_of, ground.clock)
        yield every_route(ground.outputs, office, whip, ground.metrics, lambda: False)


def _door_limits(settings: Settings) -> DoorLimits:
    server = settings.server
    return DoorLimits(server.max_connections, server.max_connections_per_address, LineLimits(header_seconds=server.header_seconds))


class _Arrival:
    """A packet sink that sees when every output has something to serve."""

    def __init__(self, outputs: Outputs) -> None:
        self.done = asyncio.Event()
        self._outputs = outputs

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:  # noqa: ARG002
        """Looks again."""
        if not self._outputs.warming():
            self.done.set()


async def _filled(outputs: Outputs, relays: dict[str, Relay]) -> None:
    """Returns when the engines' windows have come, so that whoever waited at the door is served and not turned away."""
    arrival = _Arrival(outputs)
    for relay in relays.values():
        relay.attach(arrival)
    with suppress(TimeoutError):
        async with asyncio.timeout(DOOR_OPENS_AFTER_SECONDS):
            await arrival.done.wait()
    for relay in relays.values():
        relay.detach(arrival)


def _allow_many_files() -> None:
    """Each listener is an open file."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
