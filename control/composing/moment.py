"""What the office knows of a station's moment, gathered for its composer. Nothing here is needed to compose: while the database is away
the hour alone is told, and it is counted."""

from collections.abc import Callable
from datetime import datetime, tzinfo
from typing import Final

from control.composing import repository
from control.composing.memory import PostgresMemory
from control.composing.repository import Reader
from control.errors import DatabaseAway
from generation.composer.surroundings import Surroundings, aired_track
from generation.composer.trends import Trends

_MOST_TRACKS: Final = 8
_WAITING_HOURS: Final = 2.0
"""A commission that has not aired by then was never made, or waits behind much else."""


class Moments:
    """Of all stations of the house."""

    def __init__(self, database: Reader, memory: PostgresMemory, trends: Trends, zone: tzinfo, wall: Callable[[], float]) -> None:
        """`zone` is where the listeners are; `wall` is UNIX time."""
        self._database = database
        self._memory = memory
        self._trends = trends
        self._zone = zone
        self._wall = wall
        self.away_total = 0

    def hour(self) -> float:
        """Local, 0 to 24."""
        now = datetime.fromtimestamp(self._wall(), self._zone)
        return now.hour + now.minute / 60.0

    async def of(self, station: str, wishes: tuple[str, ...] = ()) -> Surroundings:
        """The station's moment; `wishes` are listeners' words, the latest first."""
        hour = self.hour()
        try:
            waiting = await repository.lately_commissioned(self._database, station, _WAITING_HOURS, _MOST_TRACKS)
            aired = await repository.lately_on_air(self._database, station, _MOST_TRACKS)
            votes = await self._memory.votes(station)
        except DatabaseAway:
            self.away_total += 1
            return Surroundings(hour, wishes=wishes)
        tracks = tuple(aired_track(row["genre"], row["bpm"], row["musical_key"]) for row in (*waiting, *aired))
        return Surroundings(hour, tracks, votes, await self._trends.latest(), wishes)
