"""A front, put together and run: relays of all stations, every output, pages and probes, behind one door."""

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
from server.door.answers import clear_answers
from server.door.door import DoorLimits, open_door
from server.door.event_loop import watch_event_loop
from server.door.health import Vigil, health_routes
from server.door.line import LineLimits
from server.door.metrics import Metrics, metrics_routes
from server.hls.playlist import HOLD_BACK_SECONDS, PART_HOLD_BACK_SECONDS, PART_SECONDS, SEGMENT_SECONDS
from server.hls.routes import routes as hls_routes
from server.hls.window import Window
from server.icy.directory import directory_routes
from server.icy.mount import MountLimits, heard_after_seconds
from server.icy.mounts import open_mounts
from server.icy.routes import icy_routes
from server.nowplaying.document import Document
from server.nowplaying.listeners import Listeners
from server.nowplaying.names import StationNames
from server.nowplaying.origin import Origin
from server.nowplaying.push_routes import push_routes
from server.nowplaying.pushes import Pushes
from server.nowplaying.routes import nowplaying_routes
from server.relay.relay import Relay
from server.route import Route, add_routes
from server.wire.wire import Rendition
from server.wire.wire_front import follow
from sonicforge import __version__
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.house import door_tls, house_secrets
from sonicforge.wiring.kept_tasks import kept_tasks
from sonicforge.wiring.office import Office, open_office
from web.assets import Assets
from web.dj import dj_routes
from web.docs import docs_routes
from web.live import Live
from web.oembed import oembed_routes
from web.pages import Door as StationDoor
from web.pages import hang_templates
from web.pages import routes as page_routes
from web.sign_in import sign_in_routes

logger = structlog.get_logger()
LARGEST_BODY_BYTES: Final = 1_000_000
DOOR_OPENS_AFTER_SECONDS: Final = 1.0
"""At the latest: with an engine that is away, probes and pages must still be served."""


@dataclass(frozen=True, slots=True)
class Outputs:
    """All that a front serves, over the relays of its stations."""

    live: Live
    pushes: Pushes
    vigils: dict[str, Vigil]
    windows: dict[str, Window]
    routes: list[Route]

    def warming(self) -> list[str]:
        """The outputs that have nothing to serve yet."""
        return [f"HLS of {name}" for name, window in self.windows.items() if window.listing is None]


async def run(settings: Settings, folders: Folders, listening: socket.socket, ended: asyncio.Event) -> None:
    """Serves until `ended`, then lets listeners go."""
    _allow_many_files()
    clock, loop = SystemClock(), asyncio.get_running_loop()
    metrics, listeners = Metrics(__version__), Listeners()
    relays = {name: Relay(name, clock, loop) for name in settings.stations}
    outputs = outputs_of(settings, relays, metrics, listeners, clock)
    works: dict[str, Callable[[], Awaitable[None]]] = {
        f"wire {name}": partial(follow, folders.wire(name), relay) for name, relay in relays.items()
    }
    works["event loop"] = partial(watch_event_loop, metrics.lagged, clock.monotonic, asyncio.sleep)
    tls = door_tls(settings)
    if tls is not None:
        works["certificate"] = partial(tls.keep_renewed, asyncio.sleep)
    async with AsyncExitStack() as stack:
        await stack.enter_async_context(kept_tasks(works))
        for relay in relays.values():
            stack.callback(relay.close)
        secrets = await house_secrets(settings, folders)
        office = await stack.enter_async_context(open_office(settings, folders, secrets, relays, listeners, clock))
        application = _application(outputs, office, metrics, lambda: door.draining)
        await _filled(outputs, relays)
        door = await open_door(application, [listening], _door_limits(settings), metrics.kicked, tls.context if tls else None)
        metrics.watch(outputs.vigils, listeners, lambda: len(door))
        metrics.registry.register(office.metrics)
        logger.info("serving", stations=list(relays))
        try:
            await ended.wait()
        finally:
            outputs.pushes.close()
            await outputs.live.close()
            await door.close(settings.server.drain_seconds)


def _application(outputs: Outputs, office: Office, metrics: Metrics, draining: Callable[[], bool]) -> Application:
    """Every address of this front behind the guard, and what stands around them all."""
    application = Application(middlewares=[clear_answers, clear_refusals], client_max_size=LARGEST_BODY_BYTES)
    hang_templates(application)
    office.gatehouse.hang_into(application)
    add_routes(application, every_route(outputs, office, metrics, draining), office.gatehouse.guard)
    return application


def every_route(outputs: Outputs, office: Office, metrics: Metrics, draining: Callable[[], bool]) -> list[Route]:
    """All that a front answers to. Raises ValueError where something in it may not start (control/api/routes.py)."""
    probes = health_routes(outputs.vigils, draining, outputs.warming, detail_permission=Permission.STATION_HEALTH_READ, parts=office.parts)
    routes = [*outputs.routes, *office.routes, *probes, *metrics_routes(metrics, permission=Permission.HOUSE_METRICS_READ)]
    return [*routes, *api_routes(routes, "SonicForge", __version__)]


@asynccontextmanager
async def routes_of(settings: Settings, folders: Folders) -> AsyncIterator[list[Route]]:
    """Every route of a front that serves nobody, for whoever looks at them all: its engines and its database need not be there."""
    clock, loop = SystemClock(), asyncio.get_running_loop()
    metrics, listeners = Metrics(__version__), Listeners()
    relays = {name: Relay(name, clock, loop) for name in settings.stations}
    outputs = outputs_of(settings, relays, metrics, listeners, clock)
    secrets = await house_secrets(settings, folders)
    async with open_office(settings, folders, secrets, relays, listeners, clock) as office:
        yield every_route(outputs, office, metrics, lambda: False)


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


def outputs_of(settings: Settings, relays: dict[str, Relay], metrics: Metrics, listeners: Listeners, clock: SystemClock) -> Outputs:
    """HLS, mounts, now playing, live sockets and pages."""
    origin, names = Origin(settings.server.public_url), StationNames(relays)
    icy = settings.icy
    mounts = open_mounts(
        relays,
        MountLimits(icy.burst_seconds, icy.queue_kilobytes * 1024, icy.max_listeners),
        metrics.kicked,
    )
    heard_after = {
        "hls": HOLD_BACK_SECONDS + SEGMENT_SECONDS,
        "ll_hls": PART_HOLD_BACK_SECONDS + PART_SECONDS,
        "icy": heard_after_seconds(icy.burst_seconds),
    }
    documents = {name: Document(number, relay, listeners, heard_after) for number, (name, relay) in enumerate(relays.items(), 1)}
    pushes = Pushes(documents, relays, clock.wall, metrics.kicked)
    live = Live(relays)
    doors = [StationDoor(name, station.title, station.description, heard_after["icy"]) for name, station in settings.stations.items()]
    windows = {name: Window(relay) for name, relay in relays.items()}
    assets = Assets()
    routes = [
        *hls_routes(windows, listeners),
        *icy_routes(mounts, listeners, origin),
        *directory_routes(mounts, origin, f"SonicForge {__version__}", clock.wall()),
        *nowplaying_routes(documents, names, origin, clock.wall),
        *push_routes(pushes, names, origin, metrics.kicked),
        *live.routes(),
        *page_routes(doors, assets),
        *dj_routes(doors, assets),
        *sign_in_routes(assets),
        *docs_routes(assets),
        *oembed_routes(doors, origin),
    ]
    return Outputs(live, pushes, {name: Vigil(relay, clock.monotonic) for name, relay in relays.items()}, windows, routes)


def _allow_many_files() -> None:
    """Each listener is an open file."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
