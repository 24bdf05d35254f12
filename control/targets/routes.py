"""/api/v1/stations/{station}/targets: the platforms to which a station is published."""

from typing import Final

from control.api.call import Answer, Call
from control.api.operation import operation
from control.errors import Conflict, NotFound
from control.permissions import Permission
from control.targets.service import Targets
from control.targets.shapes import NewTarget, OfStation, OfTarget, TargetChange, TargetList, TargetTold, target_told
from control.targets.standing import Standings
from control.targets.target_record import TargetRecord

TAG: Final = "targets"
PATH: Final = "/api/v1/stations/{station}/targets"


class TargetAddresses:
    """The operations; `operations(TargetAddresses(...))` makes their routes."""

    def __init__(self, targets: Targets, standings: Standings) -> None:
        self._targets = targets
        self._standings = standings

    @operation("GET", PATH, permission=Permission.STATION_TARGETS_READ, summary="The targets", tag=TAG, raises=(NotFound,))
    async def list(self, call: Call, *, path: OfStation) -> TargetList:  # noqa: ARG002 -- the same for all who may read
        """Each with how it stands, as the pusher told within the last seconds."""
        records = await self._targets.of_station(path.station)
        statuses = await self._standings.of(path.station)
        return TargetList(items=[target_told(record, statuses, self._targets.secrets) for record in records])

    @operation(
        "POST",
        PATH,
        permission=Permission.STATION_TARGETS_MANAGE,
        summary="Add a target",
        tag=TAG,
        status=201,
        raises=(NotFound, Conflict),
    )
    async def add(self, call: Call, *, path: OfStation, body: NewTarget) -> Answer[TargetTold]:
        """Published to within seconds, if it is enabled. The stream key is sealed and never shown again. At most 20 of a station."""
        record = await self._targets.add(path.station, body.platform, body.wish(), call.principal, call.client)
        return Answer(await self._told(record), headers={"Location": f"/api/v1/stations/{path.station}/targets/{record.id}"})

    @operation(
        "PATCH",
        PATH + "/{id}",
        permission=Permission.STATION_TARGETS_MANAGE,
        summary="Change a target",
        tag=TAG,
        raises=(NotFound,),
    )
    async def change(self, call: Call, *, path: OfTarget, body: TargetChange) -> TargetTold:
        """What is left out stays. A target that gets another address needs its stream key again."""
        return await self._told(await self._targets.change(path.station, path.id, body.wish(), call.principal, call.client))

    @operation(
        "DELETE",
        PATH + "/{id}",
        permission=Permission.STATION_TARGETS_MANAGE,
        summary="Remove a target",
        tag=TAG,
        status=204,
        raises=(NotFound,),
    )
    async def remove(self, call: Call, *, path: OfTarget) -> None:
        """The stream ends there at once, and the stream key is forgotten."""
        await self._targets.remove(path.station, path.id, call.principal, call.client)

    async def _told(self, record: TargetRecord) -> TargetTold:
        return target_told(record, await self._standings.of(record.station), self._targets.secrets)
