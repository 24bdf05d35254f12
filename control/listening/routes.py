"""/api/v1/stations/{station}/listeners: who listens now, as far as it is anybody's business."""

from collections.abc import Collection
from typing import Final, Protocol

from control.api.call import Call
from control.api.operation import operation
from control.errors import NotFound
from control.listening.shapes import ListenersTold, OfStation, listeners_told
from control.permissions import Permission
from server.nowplaying.listeners import Audience, Listening

MOST_SHOWN: Final = 200


class Ledger(Protocol):
    """What is asked of the ledger (server/nowplaying/listeners.py)."""

    def audience(self, station: str) -> Audience: ...
    def by_output(self) -> dict[tuple[str, str], int]: ...
    def by_country(self, station: str) -> dict[str | None, int]: ...
    def latest(self, station: str, most: int) -> list[Listening]: ...


class KnowsCountries(Protocol):
    """What is asked of the database of countries (control/listening/countries.py)."""

    @property
    def known(self) -> bool: ...


class ListenerAddresses:
    """The operation; `operations(ListenerAddresses(...))` makes its route."""

    def __init__(self, stations: Collection[str], ledger: Ledger, countries: KnowsCountries) -> None:
        self._stations = stations
        self._ledger = ledger
        self._countries = countries

    @operation(
        "GET",
        "/api/v1/stations/{station}/listeners",
        permission=Permission.STATION_LISTENERS_READ,
        summary="Who listens now",
        tag="listeners",
        raises=(NotFound,),
    )
    async def listeners(self, call: Call, *, path: OfStation) -> ListenersTold:  # noqa: ARG002 -- the same for all who may read
        """Those whom this front serves; nobody's address is told, or kept."""
        station, ledger = path.station, self._ledger
        if station not in self._stations:
            raise NotFound(f"There is no station {station}.")
        return listeners_told(
            ledger.audience(station),
            {output: count for (name, output), count in ledger.by_output().items() if name == station and count},
            ledger.by_country(station) if self._countries.known else None,
            ledger.latest(station, MOST_SHOWN),
        )
