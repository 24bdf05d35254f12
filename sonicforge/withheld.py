"""Takes of earlier days that a station may not air any more, because it earns money now and their model's licence forbids that.

They are barred, not thrown away: a station that earns none any more airs them again.
"""

from collections.abc import Mapping
from typing import Final

import structlog

from generation.errors import LicenceForbids
from generation.licence import OURS, Licence, check_licence, licence_of
from server.catalogue.catalogue import Catalogue
from server.track import Source, Track
from sonicforge.sections import StationSettings

WITHHELD: Final = "its licence: "
"""How such a refusal begins."""
_OUR_OWN: Final = "procedural"

logger = structlog.get_logger()


def withhold(catalogue: Catalogue, stations: Mapping[str, StationSettings]) -> int:
    """Bars every take that may not air, and lifts what was barred and may; how many are barred now. Raises OSError."""
    barred = 0
    for track in catalogue.tracks(Source.STUDIO).values():
        station = stations.get(track.station)
        if station is None:
            continue
        reason, refusal = _forbidden(track, station), catalogue.refusal(track.path)
        if reason:
            barred += 1
            if refusal is None:
                catalogue.refuse(track.path, WITHHELD + reason)
                logger.warning("a take is withheld", track=track.id, title=track.title, reason=reason)
        elif refusal is not None and refusal.reason.startswith(WITHHELD):
            catalogue.lift(track.path)
    return barred


def _forbidden(track: Track, station: StationSettings) -> str:
    backend = track.provenance.get("backend", "unknown")
    try:
        check_licence(backend, _licence(track, backend), station.monetised, station.yearly_revenue_dollars)
    except LicenceForbids as error:
        return str(error)
    return ""


def _licence(track: Track, backend: str) -> Licence:
    """Takes of our own composer from before licences were written down are ours."""
    return OURS if backend == _OUR_OWN and "licence" not in track.provenance else licence_of(track.provenance)
