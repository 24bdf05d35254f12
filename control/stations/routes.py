"""/api/v1/stream/...: a station's status, its queue, and the actions that steer it."""

from typing import Protocol

from control.api.call import Call
from control.api.operation import operation
from control.errors import Conflict, NotFound, StationAway
from control.permissions import PUBLIC, Permission
from control.stations.desk import Desk
from control.stations.standing import DoneTold, QueueTold, StatusTold, queue, status
from control.stations.wishes import Control, Cueing, OfEntry, OfStation, Order
from server.commands import Done
from server.nowplaying.listeners import Audience


class Listeners(Protocol):
    """What is asked of the ledger of listeners (server/nowplaying/listeners.py)."""

    def audience(self, station: str) -> Audience: ...


class StreamControl:
    """The operations; `operations(StreamControl(...))` makes their routes."""

    def __init__(self, desk: Desk, listeners: Listeners) -> None:
        self._desk = desk
        self._listeners = listeners

    @operation("GET", "/api/v1/stream/status", permission=PUBLIC, summary="How a station stands", tag="stream", raises=(NotFound,))
    async def status(self, call: Call, *, query: OfStation) -> StatusTold:
        """What airs, what comes next, levels and listeners; `standing` is null for those who may not read it."""
        station = self._desk.station(query.station)
        audience = self._listeners.audience(station.station)
        return status(station, audience, whole=call.principal.may(Permission.STATION_STATUS_READ))

    @operation(
        "POST",
        "/api/v1/stream/control",
        permission=Permission.STATION_STATUS_READ,
        summary="Skip, veto, stop or start",
        tag="stream",
        raises=(NotFound, Conflict, StationAway),
        idempotent=True,
    )
    async def control(self, call: Call, *, query: OfStation, body: Control) -> DoneTold:
        """Each action needs its own permission: `station:control:skip`, `:veto`, `:stop` (for start too). The air itself never stops."""
        return _told(await self._desk.steer(query.station, body, call.principal, call.idempotency_key, call.client))

    @operation(
        "GET",
        "/api/v1/stream/queue",
        permission=Permission.STATION_QUEUE_READ,
        summary="What is queued",
        tag="stream",
        raises=(NotFound,),
    )
    async def queue(self, call: Call, *, query: OfStation) -> QueueTold:  # noqa: ARG002 -- everyone who may read reads the same
        """The queue, next first, and what the rundown has chosen behind it."""
        return queue(self._desk.station(query.station))

    @operation(
        "POST",
        "/api/v1/stream/queue",
        permission=Permission.STATION_QUEUE_WRITE,
        summary="Queue a track",
        tag="stream",
        status=201,
        raises=(NotFound, Conflict, StationAway),
        idempotent=True,
    )
    async def cue(self, call: Call, *, query: OfStation, body: Cueing) -> DoneTold:
        """Puts a track of the catalogue into the queue."""
        cued = await self._desk.cue(query.station, body.track_id, body.index, call.principal, call.idempotency_key, call.client)
        return _told(cued)

    @operation(
        "PUT",
        "/api/v1/stream/queue",
        permission=Permission.STATION_QUEUE_WRITE,
        summary="Give the queue another order",
        tag="stream",
        raises=(NotFound, Conflict, StationAway),
    )
    async def reorder(self, call: Call, *, query: OfStation, body: Order) -> DoneTold:
        """The new order names each queued entry once; when the queue has changed meanwhile it is refused."""
        return _told(await self._desk.reorder(query.station, body.entry_ids, call.principal, call.idempotency_key, call.client))

    @operation(
        "DELETE",
        "/api/v1/stream/queue/{entry_id}",
        permission=Permission.STATION_QUEUE_WRITE,
        summary="Take an entry out of the queue",
        tag="stream",
        raises=(NotFound, Conflict, StationAway),
    )
    async def remove(self, call: Call, *, path: OfEntry, query: OfStation) -> DoneTold:
        """An entry that is on air already is skipped, not removed."""
        return _told(await self._desk.remove(query.station, path.entry_id, call.principal, call.idempotency_key, call.client))


def _told(done: Done) -> DoneTold:
    return DoneTold(position=done.position, entry_id=done.entry_id)
