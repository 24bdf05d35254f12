"""WebRTC out of one front: a fan for each station, the sessions, and their addresses."""

from collections.abc import Callable, Mapping
from typing import Final

from server.clock import Clock
from server.nowplaying.caller import ClientOf
from server.nowplaying.listeners import Listeners
from server.relay.relay import Timers
from server.route import Route
from server.webrtc.fan import Fan, Group, Station
from server.webrtc.figures import WebRtcFigures
from server.webrtc.listeners import WebRtcLimits, WebRtcListeners
from server.webrtc.neighbours import Neighbours
from server.webrtc.voice import SrtpVoice
from server.webrtc.whep import Whep
from sonicforge.config import Settings
from sonicforge.folders import Folders

SOCKET: Final = "whep-"
"""What the socket's name begins with, before the front's."""


class WebRtcOut:
    """What `open_whep` has opened. The sound is taken from now on; `start` lets other fronts in, `close` ends everything."""

    def __init__(self, whep: Whep, listeners: WebRtcListeners, neighbours: Neighbours) -> None:
        self.routes: list[Route] = whep.routes if listeners.fans else []
        self.figures = WebRtcFigures(listeners.fans)
        """For the registry of the front's metrics."""
        self._whep = whep
        self._listeners = listeners
        self._neighbours = neighbours

    async def start(self) -> None:
        """Takes what other fronts were sent for sessions of this one. Raises OSError."""
        await self._neighbours.open(self._whep.routes_for_neighbours)

    async def close(self) -> None:
        """Says goodbye to everybody, within a few seconds."""
        await self._neighbours.close()
        await self._listeners.close()


def open_whep(
    settings: Settings,
    folders: Folders,
    stations: Mapping[str, Station],
    listeners: Listeners,
    kicked: Callable[[str], None],
    clock: Clock,
    timers: Timers,
    client_of: ClientOf,
) -> WebRtcOut:
    """The way out by WebRTC. On the front's loop; where it is switched off there are no routes."""
    webrtc = settings.webrtc
    milliseconds = webrtc.packet_milliseconds
    enabled = stations if webrtc.enabled else {}
    fans = {name: Fan(station, milliseconds, clock.monotonic, timers, _sealed_group) for name, station in enabled.items()}
    limits = WebRtcLimits(milliseconds, webrtc.max_listeners, webrtc.max_per_address, webrtc.stun_servers)
    neighbours = Neighbours(lambda front: folders.front(SOCKET + front))
    present = WebRtcListeners(neighbours.name, fans, limits, listeners, kicked, _prepare)
    return WebRtcOut(Whep(present, neighbours, client_of), present, neighbours)


def _prepare() -> None:
    """Compiled code takes half a second and 50 MB to load: only a front that has listeners does."""
    from server.webrtc.sealed_group import load

    load()


def _sealed_group() -> Group[SrtpVoice]:
    from server.webrtc.sealed_group import SealedGroup

    return SealedGroup()
