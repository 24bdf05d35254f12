"""/api/v1/stream/mastering: how a station's sound is mastered, and the change of it."""

from control.api.call import Call
from control.api.operation import operation
from control.errors import Conflict, Invalid, NotFound, StationAway
from control.permissions import Permission
from control.stations.desk import Desk
from control.stations.mastering_told import MasteringTold, MasteringWish, mastering_told
from control.stations.standing import DoneTold
from control.stations.wishes import OfStation

PATH = "/api/v1/stream/mastering"


class MasteringControl:
    """The operations; `operations(MasteringControl(...))` makes their routes."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @operation(
        "GET",
        PATH,
        permission=Permission.STATION_MASTERING_READ,
        summary="How the sound is mastered",
        tag="stream",
        raises=(NotFound, StationAway),
    )
    async def show(self, call: Call, *, query: OfStation) -> MasteringTold:  # noqa: ARG002 -- everyone who may read reads the same
        """The preset, every setting with its bounds, the presets there are, and how the operator's plug-ins stand."""
        station = self._desk.station(query.station)
        if station.mastering is None:
            raise StationAway(f"The engine of station {station.station} has not spoken yet.")
        return mastering_told(station.station, station.mastering)

    @operation(
        "PATCH",
        PATH,
        permission=Permission.STATION_MASTERING_WRITE,
        summary="Set the mastering",
        tag="stream",
        raises=(NotFound, Conflict, Invalid, StationAway),
        idempotent=True,
    )
    async def change(self, call: Call, *, query: OfStation, body: MasteringWish) -> DoneTold:
        """Chooses a preset, changes settings, takes the plug-ins in or out. It is heard without a click, and holds across restarts."""
        done = await self._desk.master(query.station, body, call.principal, call.idempotency_key, call.client)
        return DoneTold(position=done.position, entry_id=None)
