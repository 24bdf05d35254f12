"""The bookings of one station as they change, for those who watch: looked at once a second while anybody does, and told to each of them as
far as it is his business. Nobody is waited for: what is laid on a seat is bounded (web/seat.py), and who falls behind asks by the API.
"""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

from control.errors import DatabaseAway
from control.pipeline import repository
from control.pipeline.repository import Booking, Reader
from control.pipeline.service import is_own, may_see
from control.pipeline.shapes import booking_told
from control.principal import Principal

LOOK_SECONDS: Final = 1.0
MOST_FOLLOWED: Final = 200
"""Bookings of a station that wait, run or have just ended; of more the newest are not followed."""
ENDED_SECONDS: Final = 600.0
"""So long one that has ended is told to who comes."""

AWAY: Final = b'{"event":"away"}'
"""The database does not answer: what was told last is old."""


class Seat(Protocol):
    """Where a watcher's events are laid (web/seat.py)."""

    def tell(self, event: bytes) -> None: ...


class BookingFeed:
    """Of one station."""

    def __init__(self, database: Reader, station: str, wall: Callable[[], float], look_seconds: float = LOOK_SECONDS) -> None:
        """`wall`: UNIX seconds."""
        self._database = database
        self._station = station
        self._wall = wall
        self._look_seconds = look_seconds
        self._seats: dict[Seat, tuple[Principal, dict[UUID, bytes]]] = {}
        """Who sits there, and what he was told last of each booking."""
        self._look_now = asyncio.Event()

    def __len__(self) -> int:
        """How many watch."""
        return len(self._seats)

    def sit(self, seat: Seat, asker: Principal) -> None:
        """Tells `seat` from now on what he may know: first all there is, then what changes."""
        self._seats[seat] = (asker, {})
        self._look_now.set()

    def rise(self, seat: Seat) -> None:
        """He has gone."""
        self._seats.pop(seat, None)

    async def run(self) -> None:
        """Looks as long as somebody watches, until cancelled."""
        away = False
        while True:
            if not self._seats:
                await self._look_now.wait()
            self._look_now.clear()
            try:
                await self._tell()
                away = False
            except DatabaseAway:
                if not away:
                    self._all(AWAY)
                away = True
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look_now.wait(), self._look_seconds)

    async def _tell(self) -> None:
        since = datetime.fromtimestamp(self._wall(), UTC) - timedelta(seconds=ENDED_SECONDS)
        found = await repository.under_way(self._database, self._station, since, MOST_FOLLOWED)
        ahead = await repository.ahead_of(self._database, [booking.job for booking in found])
        events: dict[tuple[UUID, bool], bytes] = {}
        for seat, (asker, told) in self._seats.items():
            for booking in found:
                if may_see(booking, asker):
                    key = (booking.job.id, is_own(booking, asker))
                    if key not in events:
                        events[key] = _event(booking, ahead.get(booking.job.id), mine=key[1])
                    _tell_change(seat, told, booking.job.id, events[key])
            for gone in told.keys() - {booking.job.id for booking in found}:
                del told[gone]

    def _all(self, event: bytes) -> None:
        for seat in self._seats:
            seat.tell(event)


def _event(booking: Booking, ahead: int | None, *, mine: bool) -> bytes:
    return b'{"event":"booking","booking":' + booking_told(booking, ahead, mine=mine).model_dump_json().encode() + b"}"


def _tell_change(seat: Seat, told: dict[UUID, bytes], job_id: UUID, event: bytes) -> None:
    """What he was told last is not told again."""
    if told.get(job_id) != event:
        told[job_id] = event
        seat.tell(event)
