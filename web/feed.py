"""One station's live feed: each message encoded once, laid on every seat.

It listens to the station's relay only while somebody sits. It never waits for a client and never raises for one: a seat that cannot
keep up is the client's loss (seat.py).
"""

from collections.abc import Callable
from typing import Final, Protocol

from msgspec.json import Encoder

from server.wire.wire import Hello, Meters, NowPlaying, Spectrum
from web.beats import Beat, beat_of
from web.live_events import FRAMES_PER_SECOND, greeting, loudness, programme
from web.seat import Seat

_LEVELS_EVERY_FRAMES: Final = FRAMES_PER_SECOND // 2


class Relay(Protocol):
    """What a feed asks of a station's relay."""

    hello: Hello | None
    on_air: NowPlaying | None
    meters: Meters | None

    def position_now(self) -> int: ...

    def on_change(self, watcher: Callable[[NowPlaying], None]) -> Callable[[], None]: ...

    def on_spectrum(self, watcher: Callable[[Spectrum], None]) -> Callable[[], None]: ...


class Feed:
    """What the clients of one station are sent."""

    def __init__(self, relay: Relay) -> None:
        self._relay = relay
        self._seats: set[Seat] = set()
        self._end_watching: list[Callable[[], None]] = []
        self._encode: Callable[[object], bytes] = Encoder().encode
        self._greeted: tuple[float, int] | None = None
        self._levels_position = 0
        self._beat: Beat | None = None
        """As it was told last."""

    def __len__(self) -> int:
        """How many sit."""
        return len(self._seats)

    def sit(self) -> Seat:
        """A seat for one more client, with all that is known now laid on it."""
        seat = Seat()
        if (hello := self._relay.hello) is not None:
            seat.tell(self._encode(greeting(hello, self._relay.position_now())))
            if not self._seats:
                self._greeted = (hello.epoch, hello.sitting)
        if self._relay.on_air is not None:
            seat.tell(self._encode(programme(self._relay.on_air)))
            if (beat := beat_of(self._relay.on_air.airing)) is not None:
                seat.tell(self._encode(beat))
        if not self._seats:
            self._end_watching = [self._relay.on_change(self._changed), self._relay.on_spectrum(self._spectrum)]
        self._seats.add(seat)
        return seat

    def rise(self, seat: Seat) -> None:
        """The client has gone."""
        self._seats.discard(seat)
        if not self._seats:
            for end in self._end_watching:
                end()
            self._end_watching = []
            self._greeted = None

    def _changed(self, on_air: NowPlaying) -> None:
        hello = self._relay.hello
        if hello is not None and self._greeted != (hello.epoch, hello.sitting):
            self._greeted = (hello.epoch, hello.sitting)
            self._tell(greeting(hello, self._relay.position_now()))
        self._tell(programme(on_air))
        beat = beat_of(on_air.airing)
        if beat is not None and beat != self._beat:
            self._tell(beat)
        self._beat = beat

    def _spectrum(self, spectrum: Spectrum) -> None:
        for seat in self._seats:
            seat.show(spectrum.frame)
        meters = self._relay.meters
        if meters is not None and abs(meters.position - self._levels_position) >= _LEVELS_EVERY_FRAMES:
            self._levels_position = meters.position
            self._tell(loudness(meters))

    def _tell(self, event: object) -> None:
        text = self._encode(event)
        for seat in self._seats:
            seat.tell(text)
