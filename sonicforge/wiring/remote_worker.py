"""A studio for hire, put together and run: the machine's backends behind signed addresses (docs/remote.md).

It needs no database, no state and no station: a machine with a GPU and this program is enough.
"""

import asyncio
import ipaddress
import os
import socket
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

import structlog
from aiohttp.web import Application, HTTPForbidden, Request, StreamResponse

from control.remote_worker.metrics import FIGURES, WorkerMetrics
from control.remote_worker.routes import WorkerRoutes
from control.remote_worker.seal import Seal
from control.remote_worker.workshop import MakeAll, Workshop, WorkshopLimits
from generation.backend import Progress
from generation.brief import Brief
from generation.errors import GenerationFailed
from generation.lineup import Lineup, most_at_once
from generation.remote.shapes import MOST_BRIEFS, PROTOCOL, AboutWorker, written_licence
from generation.remote.signing import SigningKey
from generation.take import Take
from server.clock import SystemClock
from server.door.answers import clear_answers
from server.door.door import DoorLimits, open_door
from server.route import Endpoint, Guard, add_routes
from sonicforge import __version__
from sonicforge.config import InvalidConfiguration, Settings
from sonicforge.wiring.house import door_tls
from sonicforge.wiring.kept_tasks import kept_tasks

KEY_VARIABLE: Final = "SONICFORGE_WORKER_KEY"
LARGEST_BODY_BYTES: Final = 1_000_000
CONNECTIONS: Final = 256
BACKLOG: Final = 128
DRAIN_SECONDS: Final = 5.0

logger = structlog.get_logger()


def worker_key(file: Path | None, environment: Mapping[str, str]) -> SigningKey | None:
    """The key in the file, else in the environment; None if there is neither. Raises InvalidConfiguration."""
    where, text = "", environment.get(KEY_VARIABLE, "")
    if file is not None:
        where = str(file)
        try:
            text = file.expanduser().read_text(encoding="utf-8")
            shared = file.expanduser().stat().st_mode & 0o077
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidConfiguration(f"--key-file {file}: {getattr(error, 'strerror', None) or 'no text'}") from None
        if shared:
            raise InvalidConfiguration(f"--key-file {file}: others on this machine may read it; chmod 600 {file}")
    elif not text:
        return None
    try:
        return SigningKey(text.encode())
    except ValueError as error:
        raise InvalidConfiguration(f"{where or f'environment {KEY_VARIABLE}'}: {error}") from None


def listen_at(address: str, signed: bool) -> socket.socket:
    """A bound socket for HOST:PORT. Raises InvalidConfiguration: no such address, in use, or open to others without a key."""
    host, _, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not host or not port.isdecimal() or int(port) > 65_535:
        raise InvalidConfiguration(f"--listen {address}: it is HOST:PORT, like 127.0.0.1:8100 or [::1]:8100")
    if not signed and not _is_loopback(host):
        raise InvalidConfiguration(
            f"--listen {address}: whoever reaches this could use it; give it a key (--key-file FILE, or {KEY_VARIABLE}), "
            "or listen on 127.0.0.1 only"
        )
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise InvalidConfiguration(f"--listen {address}: {error.strerror}") from None
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(where)
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        raise InvalidConfiguration(f"--listen {address}: cannot listen there: {error.strerror}") from None
    listening.setblocking(False)
    return listening


async def run(settings: Settings, lineup: Lineup, listening: socket.socket, key: SigningKey | None, ended: asyncio.Event) -> None:
    """Serves until `ended`. What is being made then is given up."""
    clock = SystemClock()
    workshop = Workshop(make_by(lineup), Path(tempfile.gettempdir()), clock, WorkshopLimits())
    metrics = WorkerMetrics(workshop)
    seal = Seal(key, clock, metrics.refused)
    application = Application(middlewares=[clear_answers], client_max_size=LARGEST_BODY_BYTES)
    routes = [*WorkerRoutes(workshop, about(lineup, workshop.limits)).routes(), *metrics.routes()]
    add_routes(application, routes, _guard(seal))
    tls = door_tls(settings)
    works: dict[str, Callable[[], Awaitable[None]]] = {"workshop": workshop.run}
    if tls is not None:
        works["certificate"] = partial(tls.keep_renewed, asyncio.sleep)
    async with kept_tasks(works):
        door = await open_door(application, [listening], DoorLimits(CONNECTIONS), metrics.refused, tls.context if tls else None)
        host, port = listening.getsockname()[:2]
        logger.info("a studio for hire", host=host, port=port, signed=key is not None, pid=os.getpid())
        try:
            await ended.wait()
        finally:
            await door.close(DRAIN_SECONDS)
    await asyncio.to_thread(lineup.close)


def make_by(lineup: Lineup) -> MakeAll:
    """The first backend of the lineup that can makes a whole errand."""

    def make_all(briefs: Sequence[Brief], progress: Progress) -> list[Take]:
        last: GenerationFailed | None = None
        for backend in lineup.awake():
            try:
                takes = lineup.ask(backend, briefs, progress)
            except GenerationFailed as error:
                last = error
            else:
                lineup.succeeded(backend)
                return takes
        raise last or GenerationFailed("no backend was asked")

    return make_all


def about(lineup: Lineup, limits: WorkshopLimits) -> AboutWorker:
    """Who this worker is."""
    backends = lineup.awake()
    return AboutWorker(
        protocol=PROTOCOL,
        name=", ".join(backend.name for backend in backends),
        version=__version__,
        most_at_once=min(MOST_BRIEFS, max(most_at_once(backend) for backend in backends)),
        places=limits.places,
        licences=tuple(written_licence(backend.licence) for backend in backends),
    )


def _guard(seal: Seal) -> Guard:
    """The seal before errands; figures for programs on this machine."""

    def guard(permission: str, endpoint: Endpoint) -> Endpoint:
        return _here_only(endpoint) if permission == FIGURES else seal.guard(permission, endpoint)

    return guard


def _here_only(endpoint: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> StreamResponse:
        peer = request.transport.get_extra_info("peername") if request.transport is not None else None
        if not peer or not _is_loopback(str(peer[0])):
            raise HTTPForbidden(text="Figures are for programs on the machine itself.")
        return await endpoint(request)

    return guarded


def _is_loopback(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
