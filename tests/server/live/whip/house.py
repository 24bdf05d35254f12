"""A front with a way in by WHIP and an engine of cardboard that keeps all it is told."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from aiohttp import ClientSession
from aiohttp.web import Request
from numpy.typing import NDArray

from server.clock import SystemClock
from server.live.entrance import Entrance
from server.live.login import Dj, LoginRefused
from server.live.session import Session
from server.live.whip.call import PATIENCE, Patience
from server.live.whip.calls import Calls
from server.live.whip.routes import Whip
from server.webrtc.neighbours import Neighbours
from server.wire.wire import LiveClose, LiveOpen, LiveSound, LiveStanding, Up
from tests.server.served import served

NOWHERE = Path("/nowhere")
PERMISSION = "station:live:takeover"


@dataclass
class DeafEngine:
    """Is told everything and does nothing about it."""

    live: LiveStanding | None = None
    said: list[Up] = field(default_factory=list)

    def say(self, message: Up) -> None:
        self.said.append(message)

    def on_greeted(self, watcher: Callable[[], None]) -> Callable[[], None]:  # noqa: ARG002
        return lambda: None

    @property
    def opened(self) -> list[Session]:
        return [message.session for message in self.said if isinstance(message, LiveOpen)]

    @property
    def closed(self) -> list[str]:
        return [message.session_id for message in self.said if isinstance(message, LiveClose)]

    def heard(self) -> NDArray[np.int16]:
        """All sound so far: shape [frames, 2]."""
        sound = b"".join(message.samples for message in self.said if isinstance(message, LiveSound))
        return np.frombuffer(sound, "<i2").reshape(-1, 2)


@dataclass(frozen=True, slots=True)
class House:
    base: str
    entrance: Entrance
    calls: Calls
    engine: DeafEngine
    http: ClientSession

    @property
    def whip(self) -> str:
        return f"{self.base}/whip/main"


async def name_of(request: Request) -> Dj:
    name = request.headers.get("X-Name", "Nora")
    if name == "nobody":
        raise LoginRefused(403, "This account may not go live.")
    return Dj(name, "account", int(request.headers.get("X-Priority", "50")))


@asynccontextmanager
async def house(
    places: int = 4, patience: Patience = PATIENCE, stun_servers: tuple[str, ...] = (), sockets: Path | None = None
) -> AsyncIterator[House]:
    """`sockets`: where the fronts of one machine meet; without it this one is alone."""
    clock, engine = SystemClock(), DeafEngine()
    entrance, calls = Entrance(engine, places, clock), Calls(clock, stun_servers, patience)
    neighbours = Neighbours(lambda front: (sockets or NOWHERE) / front)
    whip = Whip({"main": entrance}, calls, neighbours, name_of)
    if sockets:
        await neighbours.open(whip.routes_for_neighbours)
    async with served(whip.routes(PERMISSION)) as door, ClientSession() as http:
        yield House(f"http://127.0.0.1:{door.port}", entrance, calls, engine, http)
        await calls.close()
        await neighbours.close()
        assert len(calls) == 0
        assert entrance.lines == ()
