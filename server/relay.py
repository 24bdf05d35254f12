"""A front's copy of one station: the window of packets, kept full by the engine or, while nobody speaks, by the emergency loop.

It owns what this front knows of the station and the order in which packets reach its outputs: each rendition without a hole, never
twice, never backwards. It knows no socket (wire_front.py feeds it) and no output (they attach). It lives on the front's asyncio
loop: nothing here is called from another thread.
"""

from collections.abc import Callable
from typing import Protocol

from server.commands import Answer, Command
from server.wire import Down, Hello, Meters, NowPlaying, Rendition, Spectrum


class EngineAway(Exception):
    """The station's engine does not answer."""


class PacketSink(Protocol):
    """An output of a front."""

    def packets(self, rendition: Rendition, sitting: int, position: int, packets: list[bytes]) -> None:
        """Consecutive packets. Follows the last call for this rendition without a hole, unless `sitting` rose or the epoch changed."""


class Relay:
    """One station as this front knows it."""

    station: str
    hello: Hello | None
    on_air: NowPlaying | None
    meters: Meters | None
    connected: bool
    filling: bool
    filled_seconds_total: float
    engine_losses_total: int

    def attach(self, sink: PacketSink) -> None:
        """Replays the kept window to `sink`, then hands it everything that comes."""
        raise NotImplementedError

    def detach(self, sink: PacketSink) -> None:
        """Hands `sink` nothing more."""
        raise NotImplementedError

    def on_change(self, watcher: Callable[[NowPlaying], None]) -> Callable[[], None]:
        """Calls `watcher` at every change of what airs or comes next. Returns what ends it."""
        raise NotImplementedError

    def on_spectrum(self, watcher: Callable[[Spectrum], None]) -> Callable[[], None]:
        """Calls `watcher` for every spectrum frame. Returns what ends it."""
        raise NotImplementedError

    async def ask(self, command: Command) -> Answer:
        """The engine's answer. Raises EngineAway when none comes within 2 s."""
        raise NotImplementedError

    def position_now(self) -> int:
        """The position that is on air at the engine now."""
        raise NotImplementedError

    def wall_of(self, position: int) -> float:
        """UNIX seconds at which `position` was on air at the engine."""
        raise NotImplementedError

    def receive(self, message: Down) -> None:
        """Takes one message of the engine."""
        raise NotImplementedError

    def lost(self) -> None:
        """The engine's socket has closed."""
        raise NotImplementedError
