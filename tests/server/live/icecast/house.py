"""A source port of the tests' own: a real socket and real decoders before an engine and an office that only listen."""

import asyncio
import base64
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from server.clock import SystemClock
from server.live.decoder import Title
from server.live.entrance import Entrance, LiveLine
from server.live.icecast.port import SourcePort, open_port
from server.live.icecast.reception import Patience, Reception
from server.live.login import Dj, LoginRefused
from tests.server.live.icecast.engine import FakeEngine
from tests.server.raw_client import RawClient

ANNA = Dj("Anna", "account-1", 50)
KEY = "sf_anna"
DEADLINE_SECONDS = 20.0
USUAL = Patience()


@dataclass
class House:
    """What came of what was done at the port."""

    engine: FakeEngine = field(default_factory=FakeEngine)
    logins: list[tuple[str, str, str, str]] = field(default_factory=list)
    kicked: list[str] = field(default_factory=list)
    elsewhere: list[Title] = field(default_factory=list)
    """Titles that were handed to other fronts."""
    has_colleagues: bool = False
    office_is_away: bool = False
    number: int = 0
    entrances: dict[str, Entrance] = field(default_factory=dict)

    def lines(self) -> list[LiveLine]:
        """Of everybody who is in."""
        return [line for entrance in self.entrances.values() for line in entrance.lines]

    async def login(self, station: str, user: str, password: str, address: str) -> Dj:
        self.logins.append((station, user, password, address))
        if self.office_is_away:
            raise ConnectionRefusedError("the database is away")
        if password == "sf_listener":
            raise LoginRefused(403, "This account may not go on air.")
        if password != KEY:
            raise LoginRefused(401, "Name or password is wrong.")
        return ANNA

    async def take_elsewhere(self, station: str, dj: Dj, title: Title) -> bool:  # noqa: ARG002
        self.elsewhere.append(title)
        return self.has_colleagues

    async def heard(self, seconds: float) -> None:
        """Returns when the latest session has given so much sound."""
        await self.until(lambda: self.engine.heard_seconds() >= seconds)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_SECONDS):
            for _ in iter(holds, True):
                await asyncio.sleep(0.01)

    async def ask(self, text: str) -> str:
        """The whole answer to a request."""
        async with RawClient(self.number) as client:
            await client.send(text.encode("latin1"))
            return (await client.receive_all(DEADLINE_SECONDS)).decode()

    async def title(self, query: str, password: str = KEY) -> str:
        return await self.ask(f"GET /admin/metadata?mount=/main&mode=updinfo&{query} HTTP/1.0\r\n{basic(password)}\r\n\r\n")


def basic(password: str, user: str = "source") -> str:
    return f"Authorization: Basic {base64.b64encode(f'{user}:{password}'.encode()).decode()}"


def put(mount: str = "/main", *more: str, kind: str = "audio/mpeg", password: str = KEY) -> bytes:
    lines = [f"PUT {mount} HTTP/1.1", "Host: radio", basic(password), f"Content-Type: {kind}", "Expect: 100-continue", *more, "", ""]
    return "\r\n".join(lines).encode()


@asynccontextmanager
async def house(patience: Patience = USUAL, max_sources: int = 2) -> AsyncIterator[House]:
    """Stations main and second."""
    one = House()
    one.entrances = {name: Entrance(one.engine, max_sources, SystemClock()) for name in ("main", "second")}
    reception = Reception(one.entrances, one.login, SystemClock(), one.kicked.append, one.take_elsewhere, patience, asyncio.sleep)
    listening = socket.create_server(("127.0.0.1", 0))
    one.number = listening.getsockname()[1]
    async with open_port(listening, reception, patience, one.kicked.append) as port:
        yield one
    assert isinstance(port, SourcePort)
    assert len(port) == 0
