"""Every route that a front has beside the office, over no station at all."""

from pathlib import Path

from aiohttp.web import Request

from server.clock import SystemClock
from server.door.health import health_routes
from server.door.metrics import Metrics, metrics_routes
from server.hls.routes import routes as hls_routes
from server.icy.directory import directory_routes
from server.icy.routes import icy_routes
from server.icy.unmastered import unmastered_routes
from server.live.login import Dj, LoginRefused
from server.live.whip.calls import Calls
from server.live.whip.routes import Whip
from server.nowplaying.listeners import Listeners
from server.nowplaying.names import StationNames
from server.nowplaying.origin import Origin
from server.nowplaying.push_routes import push_routes
from server.nowplaying.pushes import Pushes
from server.nowplaying.routes import nowplaying_routes
from server.route import Route
from server.webrtc.listeners import WebRtcLimits, WebRtcListeners
from server.webrtc.neighbours import Neighbours
from server.webrtc.whep import Whep
from web.assets import Assets
from web.bookings import BookingSockets
from web.docs import docs_routes
from web.live import Live
from web.pages import Door, routes
from web.panels import panel_routes
from web.sign_in import sign_in_routes

OPERATOR = "station:health:read"


async def nobody(_: Request) -> Dj:
    """No DJ is known here."""
    raise LoginRefused(401, "Nobody is known here.")


def front_routes(static: Path) -> list[Route]:
    """`static`: the folder of a front end that was built, or not."""
    neighbours = Neighbours(Path)
    webrtc = Whep(WebRtcListeners(neighbours.name, {}, WebRtcLimits(), Listeners(), lambda _: None), neighbours)
    whip = Whip({}, Calls(SystemClock()), neighbours, nobody)
    origin, names, assets, doors = Origin(), StationNames([]), Assets(static), [Door("main", "Night Signal")]
    return [
        *hls_routes({}, Listeners()),
        *icy_routes({}, Listeners(), origin),
        *unmastered_routes({}, permission=OPERATOR),
        *webrtc.routes,
        *whip.routes("station:live:takeover"),
        *directory_routes({}, origin, "SonicForge", 0.0),
        *nowplaying_routes({}, names, origin, lambda: 0.0),
        *push_routes(Pushes({}, {}, lambda: 0.0, lambda _: None), names, origin, lambda _: None),
        *Live({}).routes(),
        *BookingSockets({}).routes(),
        *routes(doors, assets),
        *panel_routes(doors, assets),
        *sign_in_routes(assets),
        *docs_routes(assets),
        *health_routes({}, lambda: False, list, detail_permission=OPERATOR),
        *metrics_routes(Metrics("1"), permission=OPERATOR),
    ]
