"""A front's listening post: notes who hears each airing of the studio's, and tells the database when it is over.

It knows people by their pseudonyms, and only as long as what they heard may still be airing. What the database cannot take waits, within a
bound; what a front knew when it was killed is lost: others tell their part, and what nobody tells has taught nothing.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from typing import Final, Protocol

import structlog

from control.errors import DatabaseAway
from control.receptions import repository
from control.receptions.audience import Aired, AudienceTold, audience_of
from control.receptions.repository import Reader
from server.nowplaying.listeners import Listening
from server.track import Airing, Source
from server.wire.wire import NowPlaying

SETTLE_SECONDS: Final = 25.0
"""After an airing's end: by then a player that asked no more is known to have gone (server/nowplaying/crowd.py)."""
REMEMBERED_SECONDS: Final = 3_600.0
"""How long it is remembered that somebody left: longer than any take lasts."""
MOST_REMEMBERED: Final = 50_000
MOST_WAITING: Final = 5_000
STEP_SECONDS: Final = 5.0
_MOST_PRESENT: Final = 1_000_000

logger = structlog.get_logger()


class Relays(Protocol):
    """What is asked of a relay (server/relay/relay.py)."""

    on_air: NowPlaying | None

    def wall_of(self, position: int) -> float: ...


class Present(Protocol):
    """What is asked of the ledger of listeners (server/nowplaying/listeners.py)."""

    def latest(self, station: str, most: int) -> list[Listening]: ...


class ListeningPost:
    """One for a front: `left` hears of every listening that is over; `run` watches the programmes and writes."""

    def __init__(self, front: str, wall: Callable[[], float]) -> None:
        """`front` is this process's name among all, `wall` UNIX time."""
        self._front = front
        self._wall = wall
        self._over: deque[Listening] = deque(maxlen=MOST_REMEMBERED)
        self._seen: dict[str, set[tuple[str, int]]] = {}
        self._settling: deque[Aired] = deque(maxlen=MOST_WAITING)
        self._counting: deque[tuple[Aired, list[Listening]]] = deque(maxlen=MOST_WAITING)
        self._waiting: deque[AudienceTold] = deque(maxlen=MOST_WAITING)

    def left(self, listening: Listening) -> None:
        """Somebody listens no more."""
        self._over.append(listening)

    def look(self, relays: Mapping[str, Relays], present: Present) -> None:
        """Takes up what has ended, and who heard what has settled."""
        for station, relay in relays.items():
            if relay.on_air is not None:
                self._take_up(station, relay, relay.on_air.history)
        now = self._wall()
        while self._over and self._over[0].began_at + self._over[0].seconds < now - REMEMBERED_SECONDS:
            self._over.popleft()
        while self._settling and self._settling[0].ended_at + SETTLE_SECONDS <= now:
            aired = self._settling.popleft()
            here = present.latest(aired.station, _MOST_PRESENT)  # before those who left: who has just gone is told there meanwhile
            self._counting.append((aired, [*self._over, *here]))

    async def write(self, database: Reader) -> int:
        """Counts, off the loop, and tells what waits; how many airings. Raises DatabaseAway, and then they wait on."""
        while self._counting:
            aired, heard = self._counting.popleft()
            self._waiting.append(await asyncio.to_thread(audience_of, aired, self._front, heard))
        telling = list(self._waiting)
        await repository.add_audiences(database, telling)
        for _ in telling:
            self._waiting.popleft()
        return len(telling)

    async def run(self, database: Reader, relays: Mapping[str, Relays], present: Present) -> None:
        """Until cancelled."""
        was_away = False
        while True:
            self.look(relays, present)
            try:
                await self.write(database)
                was_away = False
            except DatabaseAway:
                if not was_away:
                    logger.info("who heard what waits for the database", airings=len(self._waiting))
                was_away = True
            await asyncio.sleep(STEP_SECONDS)

    def _take_up(self, station: str, relay: Relays, history: list[Airing]) -> None:
        """Those that ended since the last look. Of those that ended before the first one this front heard nothing."""
        ended = {(airing.entry.id, airing.started_position): airing for airing in history}
        known = self._seen.get(station)
        if known is not None:
            for key, airing in reversed(ended.items()):  # the history has the latest first
                if key not in known and airing.entry.track.source is Source.STUDIO:
                    began, over = relay.wall_of(airing.started_position), relay.wall_of(airing.ends_position)
                    self._settling.append(Aired(station, airing.entry.id, began, over))
        self._seen[station] = set(ended)
