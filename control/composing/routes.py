"""/api/v1/stations/{station}/composer: how the composer stands, what it costs, and what it believes listeners like."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime
from typing import Final

from control.api.call import Call
from control.api.operation import operation
from control.composing import repository
from control.composing.repository import Reader
from control.composing.shapes import BeliefList, ComposerTold, OfStation, beliefs_told, composer_told
from control.composing.standing import Standings
from control.errors import NotFound
from control.permissions import Permission

TAG: Final = "composer"
PATH: Final = "/api/v1/stations/{station}/composer"


class ComposerAddresses:
    """The operations; `operations(ComposerAddresses(...))` makes their routes."""

    def __init__(self, database: Reader, stations: Collection[str], budget_microdollars: int, wall: Callable[[], float]) -> None:
        """`wall` is UNIX time."""
        self._database = database
        self._stations = stations
        self._budget_microdollars = budget_microdollars
        self._wall = wall

    @operation("GET", PATH, permission=Permission.STATION_COMPOSER_READ, summary="How the composer stands", tag=TAG, raises=(NotFound,))
    async def composer(self, call: Call, *, path: OfStation) -> ComposerTold:  # noqa: ARG002 -- the same for all who may read
        """Who composes, how the providers of language models do, and what was spent on them today. No key and no prompt is told."""
        self._require(path.station)
        day = datetime.fromtimestamp(self._wall(), UTC).date()
        return composer_told(
            await Standings(self._database).of(path.station),
            day,
            self._budget_microdollars,
            await repository.sum_of_day(self._database, day),
            await repository.calls_of_day(self._database, day),
        )

    @operation(
        "GET",
        PATH + "/beliefs",
        permission=Permission.STATION_COMPOSER_READ,
        summary="What the station believes its listeners like",
        tag=TAG,
        raises=(NotFound,),
    )
    async def beliefs(self, call: Call, *, path: OfStation) -> BeliefList:  # noqa: ARG002 -- as above
        """For each genre that has aired, its four variants with their credible intervals."""
        self._require(path.station)
        return beliefs_told(await repository.arms_of_station(self._database, path.station))

    def _require(self, station: str) -> None:
        if station not in self._stations:
            raise NotFound(f"There is no station {station}.")
