"""The ledger of listeners: how many hear a station now, by output. Outputs write it, probes and now playing read it.

It knows an address only as a number that means nothing outside this process, and only while somebody listens from it.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

CALLS_SECONDS: Final = 12.0
"""A player of HLS asks for its playlist every four seconds at least; one that has been silent for so long has gone."""


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


class Listeners:
    """Counts places. On the front's asyncio loop only."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._present: dict[Place, Counter[int]] = {}
        self._calling: dict[Place, dict[int, float]] = {}
        """Those who come again and again: until when each counts."""
        self._monotonic = monotonic

    @contextmanager
    def listening(self, place: Place, address: str, player: str) -> Iterator[None]:
        """Counts one listener for as long as the block lasts."""
        who = hash((address, player))
        present = self._present.setdefault(place, Counter())
        present[who] += 1
        try:
            yield
        finally:
            present[who] -= 1
            if not present[who]:
                del present[who]

    def called(self, place: Place, address: str, player: str) -> None:
        """Counts one listener whose player asks for piece after piece, as long as it does."""
        now = self._monotonic()
        calling = self._calling.setdefault(place, {})
        calling.pop(who := hash((address, player)), None)  # so that the oldest call comes first
        calling[who] = now + CALLS_SECONDS
        while calling[first := next(iter(calling))] <= now:
            del calling[first]

    def audience(self, station: str, mount: str | None = None) -> Audience:
        """Who hears the station now, or one mount of it."""
        crowds = [crowd for place, crowd in self._crowds() if place.station == station and mount in {None, place.mount}]
        return Audience(sum(crowd.total() for crowd in crowds), len(set().union(*crowds)))

    def by_output(self) -> dict[tuple[str, str], int]:
        """(station, output) -> how many."""
        found: Counter[tuple[str, str]] = Counter()
        for place, crowd in self._crowds():
            found[place.station, place.output] += crowd.total()
        return dict(found)

    def _crowds(self) -> Iterator[tuple[Place, Counter[int]]]:
        """Who is where now."""
        yield from self._present.items()
        now = self._monotonic()
        for place, calling in self._calling.items():
            yield place, Counter(who for who, until in calling.items() if until > now)
