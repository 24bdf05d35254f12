"""The studio's appointment book: who may book how much, in which turn, and that a wish sent twice is booked once.

Quota and credits are asked, and the job is queued, in one transaction: whatever is refused has left nothing behind.
"""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Final
from uuid import UUID

from control.database.database import Database
from control.database.server import Connection
from control.errors import FieldError, Forbidden, Invalid, NotEntitled, NotFound, TooMany
from control.jobs.job import State
from control.jobs.repository import find_by_key
from control.jobs.service import Jobs
from control.permissions import Permission
from control.pipeline import repository
from control.pipeline.booking import MAKE, MEASURE, Booked, Trial
from control.pipeline.purse import Purse
from control.pipeline.rank import may_batch, queue_of, takes_a_day
from control.pipeline.repository import Booking
from control.pipeline.wish import Wish
from control.principal import Principal

_DRAWN_BITS: Final = 48
"""Of a seed that is chosen here: short enough for every reader of JSON."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What an account may still book today."""

    takes_a_day: int | None
    booked: int
    resets_at: datetime
    credits: int | None
    """None: nothing costs any."""
    batch: bool

    @property
    def left(self) -> int | None:
        return None if self.takes_a_day is None else max(0, self.takes_a_day - self.booked)


class Pipeline:
    """Every call raises DatabaseAway if the database does not answer."""

    def __init__(self, database: Database, jobs: Jobs, genres: Mapping[str, Sequence[str]], purse: Purse) -> None:
        """`genres`: station -> what it plays, in the order of the stations; the first is meant where none is named. At least one."""
        if not genres:
            raise ValueError("a pipeline needs a station")
        self._database = database
        self._jobs = jobs
        self._genres = genres
        self._purse = purse

    def station(self, name: str | None) -> str:
        """The station of that name. Raises NotFound."""
        station = name or next(iter(self._genres))
        if station not in self._genres:
            raise NotFound(f"There is no station {station}.")
        return station

    async def book(self, station: str, wish: Wish, asker: Principal, *, air: bool) -> Booking:
        """Raises Invalid, Forbidden, NotEntitled, TooMany."""
        [booking] = await self._book(station, {"body": wish}, asker, air=air)
        return booking

    async def book_all(self, station: str, wishes: Sequence[Wish], asker: Principal, *, air: bool) -> list[Booking]:
        """One booking a wish, or none at all. Raises what `book` does."""
        if not may_batch(asker):
            raise NotEntitled(f"The plan {asker.tier} books one take at a time. Send the wishes singly, or take a plan with batches.")
        return await self._book(station, {f"body.briefs.{number}": wish for number, wish in enumerate(wishes)}, asker, air=air)

    async def measure(self, station: str, trial: Trial, asker: Principal) -> Booking:
        """Books a measurement of the house's backends; one that waits or runs already is that one."""
        async with self._database.transaction() as connection:
            await repository.free_ended(connection, [station])
            job_id = await self._jobs.enqueue(
                MEASURE, trial, connection=connection, dedupe_key=station, account_id=asker.account_id, queue=queue_of(asker)
            )
            await repository.note(connection, job_id, asker.account_id, station, None, 0)
        return await self.find(job_id, asker)

    async def find(self, job_id: UUID, asker: Principal) -> Booking:
        """Raises NotFound; also for what is not his business."""
        booking = await repository.find(self._database, job_id)
        if booking is None or not may_see(booking, asker):
            raise NotFound("There is no such booking.")
        return booking

    async def page(
        self, station: str, state: State | None, before: UUID | None, limit: int, asker: Principal, *, mine: bool
    ) -> list[Booking]:
        """The newest first; only his own for those who may not see everybody's."""
        everybody = asker.may(Permission.STATION_STUDIO_READ) and not mine
        return await repository.page(self._database, station, None if everybody else asker.account_id, state, before, limit)

    async def cancel(self, job_id: UUID, asker: Principal, client: str) -> Booking:
        """Ends one that waits, asks one that runs to end. Raises NotFound, Forbidden, Conflict."""
        booking = await self.find(job_id, asker)
        if not (is_own(booking, asker) or asker.may(Permission.STATION_STUDIO_MANAGE)):
            raise Forbidden(f"To cancel what others have booked takes the permission {Permission.STATION_STUDIO_MANAGE}.")
        await self._jobs.cancel(job_id, asker, client)
        return await self.find(job_id, asker)

    async def allowance(self, asker: Principal) -> Allowance:
        """What he may still book today."""
        booked, ends = await repository.day_of(self._database, asker.account_id) if asker.account_id else (0, datetime.now(UTC))
        return Allowance(takes_a_day(asker), booked, ends, await self._purse.left(asker), may_batch(asker))

    async def _book(self, station: str, wishes: Mapping[str, Wish], asker: Principal, *, air: bool) -> list[Booking]:
        """`wishes` by where they stand in what was sent."""
        if air and not asker.may(Permission.STATION_QUEUE_WRITE):
            raise Forbidden(f"To have it queued takes {Permission.STATION_QUEUE_WRITE}; without `air` it is made all the same.")
        keys = _keys(station, list(wishes.values()), asker, air)
        asked = {key: _booked(station, wish, self._genres[station], at, air) for key, (at, wish) in zip(keys, wishes.items(), strict=True)}
        async with self._database.transaction() as connection:
            await repository.hold_account(connection, asker.account_id)
            await repository.free_ended(connection, keys)
            new = [key for key in asked if await find_by_key(connection, MAKE.name, key) is None]
            paid = await self._pay(connection, asker, len(new)) if new else 0
            each = {key: paid // len(new) for key in new}
            ids = [await self._enqueue(connection, key, booked, asker, each.get(key, 0)) for key, booked in asked.items()]
        return await repository.bookings(self._database, ids)

    async def _pay(self, connection: Connection, asker: Principal, takes: int) -> int:
        """Raises TooMany when the day's takes are used up, NotEntitled when credits are wanting."""
        quota = takes_a_day(asker)
        if quota is not None and asker.account_id is not None:
            booked = await repository.booked_today(connection, asker.account_id)
            if booked + takes > quota:
                wait = await repository.seconds_to_midnight(connection)
                raise TooMany(_used_up(asker, quota, booked, takes), retry_after_seconds=wait)
        return await self._purse.pay(connection, asker, takes)

    async def _enqueue(self, connection: Connection, key: str, booked: Booked, asker: Principal, paid: int) -> UUID:
        job_id = await self._jobs.enqueue(
            MAKE, booked, connection=connection, dedupe_key=key, account_id=asker.account_id, queue=queue_of(asker)
        )
        await repository.note(connection, job_id, asker.account_id, booked.station, booked, paid)
        return job_id


def is_own(booking: Booking, asker: Principal) -> bool:
    """Whether he booked it."""
    return booking.job.account_id is not None and booking.job.account_id == asker.account_id


def may_see(booking: Booking, asker: Principal) -> bool:
    """Whether it is his business."""
    return is_own(booking, asker) or asker.may(Permission.STATION_STUDIO_READ)


def _booked(station: str, wish: Wish, genres: Sequence[str], at: str, air: bool) -> Booked:
    try:
        return Booked.of(station, wish.brief(genres, secrets.randbits(_DRAWN_BITS)), air=air)
    except Invalid as fault:
        raise Invalid(errors=[FieldError(error.pointer.replace("body", at, 1), error.detail) for error in fault.errors]) from None


def _keys(station: str, wishes: Sequence[Wish], asker: Principal, air: bool) -> list[str]:
    """For each wish what the same wish of the same account has again; one that stands twice in one request is meant twice."""
    turns: Counter[str] = Counter()
    keys = []
    for wish in wishes:
        words = f"{asker.account_id}\0{station}\0{air}\0{wish.model_dump_json()}"
        keys.append(sha256(f"{words}\0{turns[words]}".encode()).hexdigest())
        turns[words] += 1
    return keys


def _used_up(asker: Principal, quota: int, booked: int, takes: int) -> str:
    left = max(0, quota - booked)
    wished = "this one does" if takes == 1 else f"these {takes} do"
    told = f"The plan {asker.tier} includes {quota} takes a day, of which {left} are left: {wished} not fit."
    return f"{told} Wait until midnight (UTC), or take a larger plan."
