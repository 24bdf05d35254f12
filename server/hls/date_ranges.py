"""What airs when, for EXT-X-DATERANGE: each airing once, its attributes for ever as they were first said; only its end is added.

RFC 8216bis, 4.4.5.1: a range of one ID keeps its attributes, so what was said is remembered here for as long as it may be listed.
"""

from dataclasses import dataclass, replace

from server.track import Airing
from server.wire.wire import NowPlaying


@dataclass(frozen=True, slots=True)
class DateRange:
    """One airing on the programme's time line."""

    id: str
    title: str
    artist: str
    start: int
    """Position."""
    end: int | None = None
    """Position; None: it still airs."""


def _range_of(airing: Airing) -> DateRange:
    """An entry that goes on after a restart begins another range."""
    track = airing.entry.track
    return DateRange(f"{airing.entry.id}-{airing.started_position}", track.title, track.artist, airing.started_position)


class DateRanges:
    """The airings that touch the playlist."""

    def __init__(self) -> None:
        self._said: dict[str, DateRange] = {}

    def of(self, on_air: NowPlaying | None, begin: int, edge: int) -> tuple[DateRange, ...]:
        """The ranges that touch the positions from `begin` to `edge`, in order. None begins behind the edge: it is not heard yet."""
        if on_air is None:
            return ()
        now = _range_of(on_air.airing)
        for airing in on_air.history:
            self._end(_range_of(airing), airing.ends_position)
        for said in list(self._said.values()):
            if said.id != now.id:
                self._end(said, now.start)  # the engine that aired it did not live to tell its end
        self._said.setdefault(now.id, now)
        self._said = {said.id: said for said in self._said.values() if said.end is None or said.end > begin}
        return tuple(sorted((said for said in self._said.values() if said.start < edge), key=lambda said: said.start))

    def _end(self, ended: DateRange, end: int) -> None:
        """Adds its end to a range, once."""
        before = self._said.get(ended.id, ended)
        if before.end is None:
            self._said[ended.id] = replace(before, end=max(end, before.start))
