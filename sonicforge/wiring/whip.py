"""The way in by WHIP, put together: the calls of all stations at one front, behind one set of addresses."""

from collections.abc import Mapping
from typing import Final

from control.permissions import Permission
from server.clock import Clock
from server.live.entrance import Entrance
from server.live.whip.calls import Calls
from server.live.whip.routes import NameOf, Whip
from server.route import Route
from server.webrtc.neighbours import Neighbours
from sonicforge.config import Settings
from sonicforge.folders import Folders

SOCKET: Final = "whip-"
"""What the socket's name begins with, before the front's."""


class WhipIn:
    """What `open_whip` has opened. `start` lets other fronts in, `close` ends everything."""

    def __init__(self, whip: Whip, calls: Calls, neighbours: Neighbours) -> None:
        self.routes: list[Route] = whip.routes(Permission.STATION_LIVE_TAKEOVER)
        self._whip = whip
        self._calls = calls
        self._neighbours = neighbours

    async def start(self) -> None:
        """Takes what other fronts were sent for calls of this one. Raises OSError."""
        await self._neighbours.open(self._whip.routes_for_neighbours)

    async def close(self) -> None:
        """Ends every call; the DJs hear of it by the end of their connections."""
        await self._neighbours.close()
        await self._calls.close()


def open_whip(settings: Settings, folders: Folders, entrances: Mapping[str, Entrance], name_of: NameOf, clock: Clock) -> WhipIn:
    """`entrances`: by the station's name. `name_of`: who asks, of a request that the guard has let through. On the front's loop."""
    calls = Calls(clock, settings.webrtc.stun_servers)
    neighbours = Neighbours(lambda front: folders.front(SOCKET + front))
    return WhipIn(Whip(entrances, calls, neighbours, name_of), calls, neighbours)
