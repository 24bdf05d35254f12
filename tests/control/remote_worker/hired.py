"""A worker on a real socket of this machine, behind its seal, and a station's end of the line."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from aiohttp.web import Application

from control.remote_worker.metrics import WorkerMetrics
from control.remote_worker.outside import Outside, own_network
from control.remote_worker.routes import WorkerRoutes
from control.remote_worker.seal import Seal
from control.remote_worker.workshop import Workshop, WorkshopLimits
from generation.remote.backend import Remote
from generation.remote.caller import Reply
from generation.remote.options import RemoteOptions
from generation.remote.shapes import PROTOCOL, AboutWorker
from generation.remote.signing import NONCE, SigningKey
from server.clock import SystemClock
from server.door.answers import clear_answers
from server.door.door import DoorLimits, open_door
from server.route import add_routes
from tests.control.remote_worker.makers import Maker
from tests.generation.remote.far_worker import KEY


@dataclass
class Hired:
    """A worker that serves, and whoever calls it."""

    port: int
    workshop: Workshop
    metrics: WorkerMetrics
    outside: Outside
    clock: SystemClock

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def remote(self, key: str = KEY, **options: object) -> Remote:
        told = RemoteOptions(**{"longest_seconds": 60.0, "attempts": 3, **options})  # type: ignore[arg-type]
        return Remote([self.address], key, self.outside, self.clock, options=told)

    async def ask(
        self, method: str, target: str, body: bytes = b"", key: str = KEY, headers: dict[str, str] | None = None, late: float = 0.0
    ) -> Reply:
        """One call, signed unless other headers are given."""
        signed = SigningKey(key.encode()).headers(method, target, body, self.clock.wall() - late) if headers is None else headers
        reply = await asyncio.to_thread(self.outside.call, method, self.address + target, signed, body, 10.0, 5_000_000)
        if headers is None and reply.status != 401:
            assert reply.signature == SigningKey(key.encode()).of_answer(reply.status, signed[NONCE], reply.body)
        return reply


@asynccontextmanager
async def hired(folder: Path, maker: Maker, key: str = KEY, limits: WorkshopLimits | None = None) -> AsyncIterator[Hired]:
    clock = SystemClock()
    workshop = Workshop(maker.make_all, folder, clock, limits)
    metrics = WorkerMetrics(workshop)
    application = Application(middlewares=[clear_answers], client_max_size=1_000_000)
    seal = Seal(SigningKey(key.encode()) if key else None, clock, metrics.refused)
    add_routes(application, WorkerRoutes(workshop, AboutWorker(PROTOCOL, "test", most_at_once=4)).routes(), seal.guard)
    add_routes(application, metrics.routes(), lambda _, endpoint: endpoint)
    listening = socket.create_server(("127.0.0.1", 0))
    door = await open_door(application, [listening], DoorLimits(), metrics.refused)
    running = asyncio.create_task(workshop.run())
    port = listening.getsockname()[1]
    outside = Outside(own_network(f"http://127.0.0.1:{port}"))
    try:
        yield Hired(port, workshop, metrics, outside, clock)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        maker.let_go.set()
        await asyncio.to_thread(outside.close)
        await door.close(0)
