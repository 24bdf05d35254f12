"""A front with nothing but WebRTC in it: a station that plays a stereo tone in real time, and the routes on a real socket."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from aiohttp.web import Application, AppRunner, SockSite

from server.clock import SystemClock
from server.door.answers import clear_answers
from server.nowplaying.listeners import Listeners
from server.route import add_routes
from server.webrtc.fan import Fan
from server.webrtc.listener import Patience
from server.webrtc.listeners import WebRtcLimits, WebRtcListeners
from server.webrtc.neighbours import Neighbours
from server.webrtc.sealed_group import SealedGroup
from server.webrtc.whep import Whep
from tests.server.encoded import encoded
from tests.server.fake_station import FakeStation

BATCH_PACKETS = 4
BATCH_SECONDS = 0.08


@dataclass
class House:
    """One front."""

    port: int
    station: FakeStation
    fan: Fan
    present: WebRtcListeners
    ledger: Listeners
    neighbours: Neighbours
    kicked: list[str] = field(default_factory=list)

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def whep(self) -> str:
        return f"{self.base}/whep/main"

    @property
    def hearing(self) -> int:
        """How many the ledger counts."""
        return self.ledger.audience("main").total


async def play(station: FakeStation, first_position: int = 48_000 * 1_000) -> None:
    """Gives the tone in real time, in batches, like an engine."""
    rendition, packets = encoded("opus")
    loop = asyncio.get_running_loop()
    began = loop.time()
    for batch in count():
        position = first_position + batch * BATCH_PACKETS * rendition.packet_frames
        station.now = position + BATCH_PACKETS * rendition.packet_frames
        start = batch * BATCH_PACKETS % (len(packets) - BATCH_PACKETS)
        station.give(rendition, position, list(packets[start : start + BATCH_PACKETS]))
        await asyncio.sleep(began + (batch + 1) * BATCH_SECONDS - loop.time())


@asynccontextmanager
async def house(
    folder: Path | None = None,
    *,
    milliseconds: int = 20,
    listeners: int = 1_000,
    listeners_per_address: int = 1_000,
    stun_servers: tuple[str, ...] = (),
    patience: Patience | None = None,
    plays: bool = True,
) -> AsyncIterator[House]:
    """Open as long as the block lasts. `folder`: where the sockets of neighbours lie; without it there are none."""
    loop = asyncio.get_running_loop()
    station, ledger, kicked = FakeStation(), Listeners(), list[str]()
    fan = Fan(station, milliseconds, SystemClock().monotonic, loop, SealedGroup)
    limits = WebRtcLimits(milliseconds, listeners, listeners_per_address, stun_servers, patience or Patience())
    neighbours = Neighbours(lambda name: (folder or Path("/nowhere")) / name)
    present = WebRtcListeners(neighbours.name, {"main": fan}, limits, ledger, kicked.append)
    whep = Whep(present, neighbours)
    if folder:
        await neighbours.open(whep.routes_for_neighbours)
    application = Application(middlewares=[clear_answers])
    add_routes(application, whep.routes, lambda _, endpoint: endpoint)
    runner = AppRunner(application, shutdown_timeout=0.5)
    await runner.setup()
    listening = socket.create_server(("127.0.0.1", 0))
    await SockSite(runner, listening).start()
    playing = asyncio.create_task(play(station)) if plays else None
    try:
        yield House(listening.getsockname()[1], station, fan, present, ledger, neighbours, kicked)
    finally:
        if playing:
            playing.cancel()
            await asyncio.wait([playing])
        await neighbours.close()
        await present.close()
        await runner.cleanup()
