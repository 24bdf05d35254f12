"""A front that serves nothing but mounts, on a real socket, for tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from server.icy.directory import directory_routes
from server.icy.mount import MountLimits
from server.icy.mounts import StationMounts, open_mounts
from server.icy.routes import icy_routes
from server.nowplaying.listeners import Listeners
from server.nowplaying.origin import Origin
from tests.server.encoded import encoded
from tests.server.fake_station import EPOCH, FakeStation, airing
from tests.server.served import Served, served


@dataclass
class Front:
    """What a test may look at."""

    station: FakeStation
    mounts: StationMounts
    listeners: Listeners
    kicked: list[str]
    served: Served

    @property
    def port(self) -> int:
        return self.served.port

    def play(self, codec: str, first: int, count: int, batch: int = 15) -> int:
        """Gives packets `first` to `first + count` of an endless rendition at their positions. Returns the position after."""
        rendition, packets = encoded(codec)
        for begin in range(first, first + count, batch):
            indices = range(begin, min(begin + batch, first + count))
            self.station.give(rendition, begin * rendition.packet_frames, [packets[i % len(packets)] for i in indices])
        return (first + count) * rendition.packet_frames


@asynccontextmanager
async def front(limits: MountLimits | None = None, stations: tuple[str, ...] = ("main",)) -> AsyncIterator[Front]:
    """The first station airs "First" from position 0 on."""
    fakes = {name: FakeStation(name) for name in stations}
    station = fakes[stations[0]]
    kicked: list[str] = []
    listeners = Listeners()
    mounts = open_mounts(fakes, limits or MountLimits(), kicked.append)
    station.air(airing("First", 0))
    routes = icy_routes(mounts, listeners, Origin()) + directory_routes(mounts, Origin(), "SonicForge 0.1", EPOCH)
    async with served(routes) as it:
        yield Front(station, mounts[station.station], listeners, kicked, it)
    for each in mounts.values():
        each.close()
