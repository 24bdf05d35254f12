"""The ledger of listeners: who hears a station now, by output, and what is to be kept of those who have heard it.

Outputs write it, probes, now playing and the office read it. It knows an address only as long as it takes to make a number and a
pseudonym of it that mean nothing outside this process. Whoever calls it for every request pays for a look into a dictionary.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from heapq import nlargest
from typing import Final, TypeAlias

from server.nowplaying.crowd import CALLS_SECONDS, Crowd, Stay
from server.nowplaying.pseudonyms import Pseudonyms

LEAST_SECONDS: Final = 1.0
"""Who left sooner has not listened."""


@dataclass(frozen=True, slots=True)
class Audience:
    """How many listen."""

    total: int
    unique: int
    """Those of one address and player counted once."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one listens."""

    station: str
    output: str
    """icy, hls, webrtc: a metric's label, so few values."""
    mount: str
    """What of the output: radio.mp3."""


@dataclass(frozen=True, slots=True)
class Listening:
    """One listener's time at one place, so far or in all."""

    place: Place
    country: str | None
    """ISO 3166 in two letters; None where it is not known."""
    began_at: float
    """UNIX seconds."""
    seconds: float
    pseudonym: bytes
    """16 bytes (server/nowplaying/pseudonyms.py)."""


CountryOf: TypeAlias = Callable[[str], str | None]
"""An address -> its country, if anybody knows. Called once for each listener, on the loop: it must not wait."""


def nowhere(address: str) -> str | None:  # noqa: ARG001
    """The country of every address where no database of countries is set up."""
    return None


def forgotten(listening: Listening) -> None:
    """What becomes of a listening that nobody keeps."""


class Listeners:
    """Counts those at all places. On the front's asyncio loop only."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        country_of: CountryOf = nowhere,
        ended: Callable[[Listening], None] = forgotten,
    ) -> None:
        """`ended` hears of every listening of LEAST_SECONDS or more when it is over; it must not wait."""
        self._monotonic = monotonic
        self._wall = wall
        self._country_of = country_of
        self._ended = ended
        self._pseudonyms = Pseudonyms()
        self._crowds: dict[Place, Crowd] = {}

    @contextmanager
    def listening(self, place: Place, address: str, player: str, *, probe: bool = False) -> Iterator[None]:
        """Counts one listener for as long as the block lasts. `probe`: he asked for the first bytes only, as Safari does first."""
        crowd = self._crowd(place)
        stay = self._stay(address, player)
        stay.is_probe = probe
        crowd.enter(stay)
        try:
            yield
        finally:
            stay.until = self._monotonic()
            if crowd.leave(stay):
                self._end(place, stay)

    def called(self, place: Place, address: str, player: str, session: str = "") -> None:
        """Counts one listener whose player asks for piece after piece, as long as it does.

        `session` tells those of one address and player apart; without it they are one.
        """
        now = self._monotonic()
        crowd = self._crowd(place)
        caller = session or hash((address, player))
        if not crowd.again(caller, now):
            self._let_go(place, crowd, now)
            crowd.begin(caller, self._stay(address, player))

    def audience(self, station: str, mount: str | None = None) -> Audience:
        """Who hears the station now, or one mount of it."""
        crowds = [crowd for place, crowd in self._present() if place.station == station and mount in {None, place.mount}]
        return Audience(sum(crowd.total for crowd in crowds), len(set[int]().union(*(crowd.whos for crowd in crowds))))

    def by_output(self) -> dict[tuple[str, str], int]:
        """(station, output) -> how many."""
        found: Counter[tuple[str, str]] = Counter()
        for place, crowd in self._present():
            found[place.station, place.output] += crowd.total
        return dict(found)

    def by_country(self, station: str) -> dict[str | None, int]:
        """Country -> how many; None counts those of whom it is not known."""
        return dict(Counter(stay.country for place, crowd in self._present() if place.station == station for stay in crowd.stays))

    def latest(self, station: str, most: int) -> list[Listening]:
        """Those who listen now, at most so many, who came last first."""
        now = self._monotonic()
        here = ((stay, place) for place, crowd in self._present() if place.station == station for stay in crowd.stays)
        return [_listening(place, stay, now) for stay, place in nlargest(most, here, key=lambda each: each[0].began)]

    def sweep(self, *, everybody: bool = False) -> None:
        """Ends the listening of those who call no longer; at the end of the process, of everybody who calls."""
        now = self._monotonic()
        for place, crowd in self._crowds.items():
            self._let_go(place, crowd, now + 2 * CALLS_SECONDS if everybody else now)

    def _crowd(self, place: Place) -> Crowd:
        crowd = self._crowds.get(place)
        if crowd is None:
            crowd = self._crowds[place] = Crowd()
        return crowd

    def _present(self) -> list[tuple[Place, Crowd]]:
        """Who is where now."""
        self.sweep()
        return list(self._crowds.items())

    def _stay(self, address: str, player: str) -> Stay:
        now, wall = self._monotonic(), self._wall()
        pseudonym = self._pseudonyms.of(address, player, wall)
        return Stay(hash((address, player)), pseudonym, self._country_of(address), wall, now, now)

    def _let_go(self, place: Place, crowd: Crowd, now: float) -> None:
        for stay in crowd.gone(before=now - CALLS_SECONDS):
            self._end(place, stay)

    def _end(self, place: Place, stay: Stay) -> None:
        if stay.until - stay.began >= LEAST_SECONDS:
            self._ended(_listening(place, stay, stay.until))


def _listening(place: Place, stay: Stay, until: float) -> Listening:
    return Listening(place, stay.country, stay.began_at, until - stay.began, stay.pseudonym)
