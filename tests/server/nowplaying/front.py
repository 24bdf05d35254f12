"""A front that serves nothing but now playing, on a real socket, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from server.nowplaying.document import Document
from server.nowplaying.listeners import Listeners
from server.nowplaying.names import StationNames
from server.nowplaying.origin import Origin
from server.nowplaying.push_routes import push_routes
from server.nowplaying.pushes import Pushes
from server.nowplaying.routes import nowplaying_routes
from tests.server.fake_station import EPOCH, FakeStation
from tests.server.served import Served, served

HEARD_AFTER_SECONDS = {"icy": 4.32, "hls": 12.0, "ll_hls": 0.96}


@dataclass
class Front:
    stations: dict[str, FakeStation]
    listeners: Listeners
    pushes: Pushes
    kicked: list[str]
    served: Served

    @property
    def main(self) -> FakeStation:
        return self.stations["main"]

    @property
    def port(self) -> int:
        return self.served.port

    async def ask(self, path: str, more: str = "", method: str = "GET") -> tuple[str, str]:
        return await self.served.ask(path, more, method)

    async def json(self, path: str) -> Any:
        status, told = await self.served.json(path)
        assert status == 200
        return told


@asynccontextmanager
async def front(*names: str) -> AsyncIterator[Front]:
    """Stations (`main` if none is named) of which nothing airs yet. The time of day is the epoch plus 1000 s."""
    stations = {name: FakeStation(name) for name in names or ("main",)}
    listeners, kicked = Listeners(), list[str]()
    documents = {
        name: Document(number, station, listeners, HEARD_AFTER_SECONDS) for number, (name, station) in enumerate(stations.items(), 1)
    }
    station_names, origin = StationNames(stations), Origin()
    pushes = Pushes(documents, stations, lambda: EPOCH + 1_000, kicked.append)
    routes = nowplaying_routes(documents, station_names, origin, lambda: EPOCH + 1_000.25)
    async with served([*routes, *push_routes(pushes, station_names, origin, kicked.append)]) as it:
        try:
            yield Front(stations, listeners, pushes, kicked, it)
        finally:
            pushes.close()
