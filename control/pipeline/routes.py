"""/api/v1/pipeline/{run,benchmark,jobs}, /api/v1/generate_batch, /api/v1/can-generate: the studio booked, watched and called off."""

from typing import Final
from uuid import UUID

from control.api.call import Answer, Call
from control.api.limit import Limit
from control.api.operation import operation
from control.api.paging import Cursors, Page
from control.errors import Conflict, Forbidden, Invalid, NotEntitled, NotFound, TooMany
from control.permissions import Permission
from control.pipeline import repository
from control.pipeline.repository import Booking, Reader
from control.pipeline.service import Pipeline, is_own
from control.pipeline.shapes import (
    AllowanceTold,
    Batch,
    BatchTold,
    BookingsQuery,
    BookingTold,
    Commissioned,
    OfBooking,
    TrialWished,
    allowance_told,
    booking_told,
)
from control.principal import Principal
from control.stations.wishes import OfStation

TAG: Final = "studio"
JOBS: Final = "/api/v1/pipeline/jobs"
OFTEN: Final = Limit(30, 60.0)
SELDOM: Final = Limit(4, 60.0)
_CURSORS: Final = Cursors[UUID](UUID)


class PipelineAddresses:
    """The operations; `operations(PipelineAddresses(...))` makes their routes."""

    def __init__(self, pipeline: Pipeline, database: Reader) -> None:
        self._pipeline = pipeline
        self._database = database

    @operation(
        "POST",
        "/api/v1/pipeline/run",
        permission=Permission.STATION_STUDIO_RUN,
        summary="Have a take made",
        tag=TAG,
        status=202,
        raises=(NotFound, Invalid, Forbidden, NotEntitled, TooMany, Conflict),
        idempotent=True,
        limit=OFTEN,
    )
    async def run(self, call: Call, *, query: OfStation, body: Commissioned) -> Answer[BookingTold]:
        """Books the studio for one take, by fields or in words; fields stand above words.

        The same wish of the same account is one booking as long as that waits or runs. A day's takes are counted by the plan (UTC).
        """
        station = self._pipeline.station(query.station)
        booking = await self._pipeline.book(station, body.wish(), call.principal, air=body.air)
        return await self._accepted(booking, call.principal)

    @operation(
        "POST",
        "/api/v1/generate_batch",
        permission=Permission.STATION_STUDIO_RUN,
        summary="Have several takes made",
        tag=TAG,
        status=202,
        raises=(NotFound, Invalid, Forbidden, NotEntitled, TooMany, Conflict),
        idempotent=True,
        limit=OFTEN,
    )
    async def batch(self, call: Call, *, query: OfStation, body: Batch) -> BatchTold:
        """All are booked or none is: if one is not valid, or the day's takes do not suffice for all, nothing happens."""
        station = self._pipeline.station(query.station)
        bookings = await self._pipeline.book_all(station, body.briefs, call.principal, air=body.air)
        return BatchTold(items=await self._told(bookings, call.principal))

    @operation(
        "POST",
        "/api/v1/pipeline/benchmark",
        permission=Permission.STATION_STUDIO_MANAGE,
        summary="Measure the house's backends",
        tag=TAG,
        status=202,
        raises=(NotFound, Conflict),
        idempotent=True,
        limit=SELDOM,
    )
    async def benchmark(self, call: Call, *, query: OfStation, body: TrialWished) -> Answer[BookingTold]:
        """Each backend of the worker that takes it makes one short take. Asked again while it waits or runs, it is the same."""
        station = self._pipeline.station(query.station)
        return await self._accepted(await self._pipeline.measure(station, body, call.principal), call.principal)

    @operation("GET", JOBS, permission=Permission.STATION_STUDIO_RUN, summary="What the studio is booked for", tag=TAG, raises=(NotFound,))
    async def page(self, call: Call, *, query: BookingsQuery) -> Page[BookingTold]:
        """From new to old. Without `station:studio:read` one sees one's own."""
        station = self._pipeline.station(query.station)
        before = _CURSORS.read(query.cursor)
        found = await self._pipeline.page(station, query.state, before, query.limit + 1, call.principal, mine=query.mine)
        shown = found[: query.limit]
        more = _CURSORS.write(shown[-1].job.id) if len(found) > len(shown) else None
        return Page[BookingTold](items=await self._told(shown, call.principal), next_cursor=more)

    @operation("GET", JOBS + "/{id}", permission=Permission.STATION_STUDIO_RUN, summary="One booking", tag=TAG, raises=(NotFound,))
    async def read(self, call: Call, *, path: OfBooking) -> BookingTold:
        """How far it is and, when it is done, what came of it."""
        [told] = await self._told([await self._pipeline.find(path.id, call.principal)], call.principal)
        return told

    @operation(
        "POST",
        JOBS + "/{id}/cancel",
        permission=Permission.STATION_STUDIO_RUN,
        summary="Call a booking off",
        tag=TAG,
        raises=(NotFound, Forbidden, Conflict),
        idempotent=True,
    )
    async def cancel(self, call: Call, *, path: OfBooking) -> BookingTold:
        """One's own; others' with `station:studio:manage`. One that is being made stops within seconds: `cancel_asked` until it has."""
        [told] = await self._told([await self._pipeline.cancel(path.id, call.principal, call.client)], call.principal)
        return told

    @operation(
        "GET", "/api/v1/can-generate", permission=Permission.STATION_STUDIO_RUN, summary="What one may still have made today", tag=TAG
    )
    async def allowance(self, call: Call) -> AllowanceTold:
        """By the account's plan; a day begins at midnight UTC. What failed, or was called off before it began, does not count."""
        return allowance_told(await self._pipeline.allowance(call.principal), call.principal)

    async def _accepted(self, booking: Booking, asker: Principal) -> Answer[BookingTold]:
        [told] = await self._told([booking], asker)
        return Answer(told, headers={"Location": f"{JOBS}/{told.id}"})

    async def _told(self, bookings: list[Booking], asker: Principal) -> list[BookingTold]:
        ahead = await repository.ahead_of(self._database, [booking.job for booking in bookings])
        return [booking_told(booking, ahead.get(booking.job.id), mine=is_own(booking, asker)) for booking in bookings]
