"""Every way out of a front, put together over the relays of its stations."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from control.permissions import Permission
from server.clock import Clock
from server.door.health import Vigil
from server.hls.playlist import HOLD_BACK_SECONDS, PART_HOLD_BACK_SECONDS, PART_SECONDS, SEGMENT_SECONDS
from server.hls.routes import routes as hls_routes
from server.hls.window import Window
from server.icy.directory import directory_routes
from server.icy.mount import MountLimits, heard_after_seconds
from server.icy.mounts import open_mounts
from server.icy.routes import icy_routes
from server.icy.unmastered import UnmasteredMount, unmastered_routes
from server.nowplaying.document import Document
from server.nowplaying.listeners import Listeners
from server.nowplaying.names import StationNames
from server.nowplaying.origin import Origin
from server.nowplaying.push_routes import push_routes
from server.nowplaying.pushes import Pushes
from server.nowplaying.routes import nowplaying_routes
from server.relay.relay import Relay
from server.route import Route
from server.webrtc.fan import HEARD_AFTER_SECONDS as WEBRTC_HEARD_AFTER_SECONDS
from sonicforge import __version__
from sonicforge.config import Settings
from sonicforge.folders import Folders
from sonicforge.wiring.outs_office import client_of
from sonicforge.wiring.webrtc import WebRtcOut, open_whep
from web.assets import Assets
from web.docs import docs_routes
from web.live import Live
from web.oembed import oembed_routes
from web.pages import Door as StationDoor
from web.pages import routes as page_routes
from web.panels import panel_routes
from web.sign_in import sign_in_routes


@dataclass(frozen=True, slots=True)
class Outputs:
    """All that a front serves to listeners, and its pages."""

    live: Live
    pushes: Pushes
    webrtc: WebRtcOut
    vigils: dict[str, Vigil]
    windows: dict[str, Window]
    routes: list[Route]

    def warming(self) -> list[str]:
        """The outputs that have nothing to serve yet."""
        return [f"HLS of {name}" for name, window in self.windows.items() if window.listing is None]

    async def close(self) -> None:
        """Lets everybody go whose connection would not end by itself."""
        self.pushes.close()
        await self.live.close()
        await self.webrtc.close()


def outputs_of(
    settings: Settings, folders: Folders, relays: Mapping[str, Relay], listeners: Listeners, kicked: Callable[[str], None], clock: Clock
) -> Outputs:
    """On the front's loop. `kicked(reason)` hears of every listener who was cut off."""
    origin, names = Origin(settings.server.public_url), StationNames(relays)
    icy = settings.icy
    mounts = open_mounts(relays, MountLimits(icy.burst_seconds, icy.queue_kilobytes * 1024, icy.max_listeners), kicked)
    queue_bytes, loop = icy.queue_kilobytes * 1024, asyncio.get_running_loop()
    unmastered = {name: UnmasteredMount(relay, icy.burst_seconds, queue_bytes, kicked, loop) for name, relay in relays.items()}
    webrtc = open_whep(settings, folders, relays, listeners, kicked, clock, asyncio.get_running_loop(), client_of)
    heard_after = heard_after_of(settings)
    documents = {name: Document(number, relay, listeners, heard_after) for number, (name, relay) in enumerate(relays.items(), 1)}
    pushes = Pushes(documents, relays, clock.wall, kicked)
    live = Live(relays)
    doors = [StationDoor(name, station.title, station.description, heard_after["icy"]) for name, station in settings.stations.items()]
    windows = {name: Window(relay) for name, relay in relays.items()}
    assets = Assets()
    routes = [
        *hls_routes(windows, listeners, client_of),
        *icy_routes(mounts, listeners, origin, client_of),
        *unmastered_routes(unmastered, permission=Permission.STATION_MASTERING_WRITE),
        *webrtc.routes,
        *directory_routes(mounts, origin, f"SonicForge {__version__}", clock.wall()),
        *nowplaying_routes(documents, names, origin, clock.wall),
        *push_routes(pushes, names, origin, kicked),
        *live.routes(),
        *page_routes(doors, assets),
        *panel_routes(doors, assets),
        *sign_in_routes(assets),
        *docs_routes(assets),
        *oembed_routes(doors, origin),
    ]
    return Outputs(live, pushes, webrtc, {name: Vigil(relay, clock.monotonic) for name, relay in relays.items()}, windows, routes)


def heard_after_of(settings: Settings) -> dict[str, float]:
    """Output -> how long after its air a position is heard there, in seconds."""
    return {
        "hls": HOLD_BACK_SECONDS + SEGMENT_SECONDS,
        "ll_hls": PART_HOLD_BACK_SECONDS + PART_SECONDS,
        "icy": heard_after_seconds(settings.icy.burst_seconds),
        "webrtc": WEBRTC_HEARD_AFTER_SECONDS,
    }
