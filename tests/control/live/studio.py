"""Two stations with people in: a relay of cardboard that tells what a test says, and the real entrances."""

from collections.abc import Callable
from dataclasses import dataclass, field

from server.clock import VirtualClock
from server.live.entrance import Entrance, LiveLine
from server.live.session import Mode, Seat, Session, State
from server.wire.wire import LiveStanding, Up

NOW = 1_800_000_000.0
POSITION = 48_000 * 60


@dataclass
class TellingRelay:
    """Knows what a test tells it, and keeps what it was told for the engine."""

    live: LiveStanding | None = None
    said: list[Up] = field(default_factory=list)

    def say(self, message: Up) -> None:
        self.said.append(message)

    def on_greeted(self, watcher: Callable[[], None]) -> Callable[[], None]:
        del watcher
        return lambda: None

    def wall_of(self, position: int) -> float:
        return NOW + position / 48_000

    def tell(self, *seats: Seat) -> None:
        self.live = LiveStanding(POSITION, list(seats))


@dataclass
class Studio:
    """Main and night."""

    clock: VirtualClock = field(default_factory=lambda: VirtualClock(NOW))
    relays: dict[str, TellingRelay] = field(default_factory=lambda: {"main": TellingRelay(), "night": TellingRelay()})

    def __post_init__(self) -> None:
        self.entrances = {name: Entrance(relay, 8, self.clock) for name, relay in self.relays.items()}

    @property
    def main(self) -> TellingRelay:
        return self.relays["main"]

    def come(self, session_id: str, account_id: str = "", station: str = "main", priority: int = 50) -> LiveLine:
        """Somebody has been let in."""
        return self.entrances[station].open(session_of(session_id, account_id, priority))


def session_of(session_id: str, account_id: str = "", priority: int = 50) -> Session:
    return Session(session_id, "Ada", "whip", Mode.TAKEOVER, priority, NOW, account_id=account_id)


def seat_of(session: Session, state: State = State.ON_AIR, position: int | None = 48_000 * 30, level: float = -9.25) -> Seat:
    return Seat(session, state, position, level)
