"""Those at one place: who holds a connection, and who calls again and again.

Safari opens a stream twice: it asks for the first two bytes to see what it is, and then for all of it; and any player may open a second
connection and give the first one up. Both are one listener. So a probe does not count beside the connection that follows it, and one
that was given up within two seconds for another is not told of.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

Caller: TypeAlias = str | int
"""By what one is known who calls again: his session, or a number for his address and player."""
TWIN_SECONDS: Final = 2.0
"""Two connections of one address and player that began so close together are one listener's."""
CALLS_SECONDS: Final = 12.0
"""A player of HLS asks for its playlist every four seconds at least; one that has been silent for so long has gone."""
MOST_CALLERS: Final = 100_000
"""At one place; beyond it a new one is served and not counted."""


@dataclass(slots=True, eq=False)
class Stay:
    """One listener at one place, from coming to going. Times without `_at` are monotonic seconds."""

    who: int
    """The same for one address and player; means nothing outside this process."""
    pseudonym: bytes
    country: str | None
    began_at: float
    """UNIX seconds."""
    began: float
    until: float
    """When he was last heard of."""
    is_probe: bool = False
    counts: bool = True
    """False for a probe beside its twin."""


class Crowd:
    """Counts stays. On one asyncio loop only."""

    def __init__(self) -> None:
        self._holding: dict[int, dict[Stay, None]] = {}
        """Who -> his connections, in the order in which they were opened."""
        self._callers: dict[Caller, Stay] = {}
        """In the order of their last calls."""
        self._whos: Counter[int] = Counter()
        """Of all that count, how many stays each has."""
        self.total = 0

    @property
    def whos(self) -> set[int]:
        """Everybody here, once."""
        return set(self._whos)

    @property
    def stays(self) -> Iterator[Stay]:
        """All that count."""
        for connections in self._holding.values():
            yield from (stay for stay in connections if stay.counts)
        yield from self._callers.values()

    def enter(self, stay: Stay) -> None:
        """Somebody holds a connection from now on."""
        for twin in self._twins(stay):
            if stay.is_probe:
                stay.counts = False
            elif twin.is_probe and twin.counts:
                twin.counts = False
                self._discount(twin)
        self._holding.setdefault(stay.who, {})[stay] = None
        if stay.counts:
            self._count(stay)

    def leave(self, stay: Stay) -> bool:
        """He does so no longer; whether it was a listening of its own."""
        given_up = stay.until - stay.began < TWIN_SECONDS and any(True for _ in self._twins(stay))
        connections = self._holding[stay.who]
        del connections[stay]
        if not connections:
            del self._holding[stay.who]
        if stay.counts:
            self._discount(stay)
        return stay.counts and not given_up

    def again(self, caller: Caller, now: float) -> bool:
        """Whether somebody who calls was here already; then he is, for as long again."""
        stay = self._callers.pop(caller, None)
        if stay is None:
            return False
        stay.until = now
        self._callers[caller] = stay  # at the end: so the oldest call comes first
        return True

    def begin(self, caller: Caller, stay: Stay) -> None:
        """Somebody calls for the first time."""
        if len(self._callers) < MOST_CALLERS:
            self._callers[caller] = stay
            self._count(stay)

    def gone(self, before: float) -> Iterator[Stay]:
        """Lets those go whose last call lies before that time."""
        callers = self._callers
        while callers and callers[first := next(iter(callers))].until < before:
            stay = callers.pop(first)
            self._discount(stay)
            yield stay

    def _twins(self, stay: Stay) -> Iterator[Stay]:
        """Other connections of the same one that began at about the same time."""
        for other in reversed(self._holding.get(stay.who, {})):
            if other.began < stay.began - TWIN_SECONDS:
                return
            if other is not stay and other.began <= stay.began + TWIN_SECONDS:
                yield other

    def _count(self, stay: Stay) -> None:
        self.total += 1
        self._whos[stay.who] += 1

    def _discount(self, stay: Stay) -> None:
        self.total -= 1
        self._whos[stay.who] -= 1
        if not self._whos[stay.who]:
            del self._whos[stay.who]
