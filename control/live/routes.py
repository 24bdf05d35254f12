"""/api/v1/stations/{station}/live: who is in live, and the hands that steer it."""

from collections.abc import Mapping
from typing import Final, Protocol

from control.api.call import Call
from control.api.operation import operation
from control.errors import Conflict, NotFound
from control.live.service import Shows
from control.live.shapes import OfSession, OfStation, SessionChange, SessionList, SessionTold, session_told
from control.permissions import Permission

TAG: Final = "live"
PATH: Final = "/api/v1/stations/{station}/live"


class Clocked(Protocol):
    """What is asked of a station; server.relay.relay.Relay is one."""

    def wall_of(self, position: int) -> float: ...


class LiveAddresses:
    """The operations; `operations(LiveAddresses(...))` makes their routes."""

    def __init__(self, shows: Shows, stations: Mapping[str, Clocked]) -> None:
        self._shows = shows
        self._stations = stations

    @operation("GET", PATH, permission=Permission.STATION_STATUS_READ, summary="Who is in live", tag=TAG, raises=(NotFound,))
    async def list(self, call: Call, *, path: OfStation) -> SessionList:
        """In the order of their turn, whichever front they came in at."""
        seats = self._shows.seats(path.station)
        wall_of = self._stations[path.station].wall_of
        return SessionList(items=[session_told(seat, call.principal, wall_of) for seat in seats])

    @operation(
        "PATCH",
        PATH + "/{session_id}",
        permission=Permission.STATION_STATUS_READ,
        summary="Change a live session",
        tag=TAG,
        raises=(NotFound, Conflict),
    )
    async def change(self, call: Call, *, path: OfSession, body: SessionChange) -> SessionTold:
        """One's own takes `station:live:takeover`; another's, and the priority, `station:live:manage`. 409: it is another front's."""
        seat = await self._shows.change(path.station, path.session_id, body.wish(), call.principal, call.client)
        return session_told(seat, call.principal, self._stations[path.station].wall_of)

    @operation(
        "DELETE",
        PATH + "/{session_id}",
        permission=Permission.STATION_STATUS_READ,
        summary="End a live session",
        tag=TAG,
        status=204,
        raises=(NotFound, Conflict),
    )
    async def end(self, call: Call, *, path: OfSession) -> None:
        """By the same rights. The music returns with the next track."""
        await self._shows.end(path.station, path.session_id, call.principal, call.client)
