"""A front that serves nothing but now playing, on a real socket, for tests."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp.web import Application

from server.answers import clear_answers
from server.door import DoorLimits, open_door
from server.nowplaying.document import Document
from server.nowplaying.listeners import Listeners
from server.nowplaying.names import StationNames
from server.nowplaying.origin import Origin
from server.nowplaying.push_routes import push_routes
from server.nowplaying.pushes import Pushes
from server.nowplaying.routes import nowplaying_routes
from server.route import add_routes
from tests.server.fake_station import EPOCH, FakeStation
from tests.server.raw_client import RawClient

HEARD_AFTER_SECONDS = {"icy": 4.32, "hls": 12.0, "ll_hls": 0.96}


@dataclass
class Front:
    stations: dict[str, FakeStation]
    listeners: Listeners
    pushes: Pushes
    port: int
    kicked: list[str]

    @property
    def main(self) -> FakeStation:
        return self.stations["main"]

    async def ask(self, path: str, more: str = "", method: str = "GET") -> tuple[str, str]:
        """Head and body."""
        async with RawClient(self.port) as client:
            await client.send(f"{method} {path} HTTP/1.1\r\nHost: radio.example\r\nConnection: close\r\n{more}\r\n".encode())
            head, _, body = (await client.receive_all()).decode().partition("\r\n\r\n")
            return head, body

    async def json(self, path: str) -> Any:
        head, body = await self.ask(path)
        assert head.startswith("HTTP/1.1 200 "), head
        assert "Content-Type: application/json" in head
        return json.loads(body)


@asynccontextmanager
async def front(*names: str) -> AsyncIterator[Front]:
    """Stations (`main` if none is named) of which nothing airs yet. The time of day is the epoch plus 1000 s."""
    stations = {name: FakeStation(name) for name in names or ("main",)}
    listeners, kicked = Listeners(), []
    documents = {
        name: Document(number, station, listeners, HEARD_AFTER_SECONDS) for number, (name, station) in enumerate(stations.items(), 1)
    }
    station_names, origin = StationNames(stations), Origin()
    pushes = Pushes(documents, stations, lambda: EPOCH + 1_000, kicked.append)
    application = Application(middlewares=[clear_answers])
    routes = nowplaying_routes(documents, station_names, origin, lambda: EPOCH + 1_000.25)
    add_routes(application, routes + push_routes(pushes, station_names, origin, kicked.append), lambda _, endpoint: endpoint)
    listening = socket.create_server(("127.0.0.1", 0))
    door = await open_door(application, [listening], DoorLimits(), kicked.append)
    try:
        yield Front(stations, listeners, pushes, listening.getsockname()[1], kicked)
    finally:
        pushes.close()
        await door.close(0)
