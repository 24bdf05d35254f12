"""Live on the cardboard station: the real way in by WHIP and the real API of live, before an engine that lets on air whoever is heard."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from aiohttp.web import Request

from control.api.operation import operations
from control.identity.request import PRINCIPAL
from control.live.routes import LiveAddresses
from control.live.service import Shows
from control.permissions import Permission
from server.clock import SystemClock
from server.live.entrance import Entrance, LiveLine
from server.live.login import Dj
from server.live.session import Mode, Seat, Session, State
from server.live.whip.calls import Calls
from server.live.whip.routes import Whip
from server.route import Route
from server.webrtc.neighbours import Neighbours
from server.wire.wire import LiveClose, LiveOpen, LiveSound, LiveStanding, Up
from tests.control.stations.obedient import Ledger, ObedientStation

SILENT_AFTER_SECONDS = 1.0
HEARD_LEVEL = 0.003
PLACES = 3


@dataclass
class Guest:
    """A session as the engine keeps it."""

    session: Session
    heard_at: float = float("-inf")
    on_air_position: int | None = None
    peak: float = 0.0


@dataclass
class FakeHall:
    """A server.live.entrance.Engine, and what stands around it."""

    station: ObedientStation
    guests: dict[str, Guest] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.entrance = Entrance(self, PLACES, SystemClock())
        self.calls = Calls(SystemClock())
        self.ledger = Ledger()

    def routes(self) -> list[Route]:
        whip = Whip({"main": self.entrance}, self.calls, Neighbours(lambda front: Path("/nowhere") / front), self._name_of)
        shows = Shows({"main": self}, {"main": self.entrance}, self.ledger)
        return [*whip.routes(Permission.STATION_LIVE_TAKEOVER), *operations(LiveAddresses(shows, {"main": self.station}))]

    def come_in(self, name: str, priority: int = 90) -> LiveLine:
        """Somebody else does, by a program that never falls silent."""
        session = Session(f"{len(self.guests):016x}", name, "icecast", Mode.TAKEOVER, priority, time.time(), "Morning", name)
        line = self.entrance.open(session)
        self.guests[session.id].heard_at = float("inf")
        return line

    def say(self, message: Up) -> None:
        match message:
            case LiveOpen(session=session):
                self.guests.setdefault(session.id, Guest(session)).session = session
            case LiveClose(session_id=session_id):
                self.guests.pop(session_id, None)
            case LiveSound(session_id=session_id, samples=samples):
                guest = self.guests[session_id]
                guest.peak = float(np.abs(np.frombuffer(samples, "<i2")).max() / 32_768)
                if guest.peak > HEARD_LEVEL:
                    guest.heard_at = time.monotonic()

    def on_greeted(self, watcher: Callable[[], None]) -> Callable[[], None]:  # noqa: ARG002
        return lambda: None

    @property
    def live(self) -> LiveStanding:
        """By priority; the first who is heard is on."""
        seats, taken = [], False
        for guest in sorted(self.guests.values(), key=lambda guest: -guest.session.priority):
            speaks = time.monotonic() - guest.heard_at < SILENT_AFTER_SECONDS
            state = State.WAITING if speaks or guest.on_air_position is None else State.SILENT
            if speaks and not taken:
                state, taken = State.ON_AIR, True
                guest.on_air_position = guest.on_air_position or self.station.position_now()
            seats.append(Seat(guest.session, state, guest.on_air_position, 20 * np.log10(max(guest.peak, 1e-6))))
        return LiveStanding(self.station.position_now(), seats)

    async def _name_of(self, request: Request) -> Dj:
        principal = request[PRINCIPAL]
        return Dj(f"DJ {principal.role}", str(principal.account_id), 50)
