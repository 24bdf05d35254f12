"""The library as most people see it: pages of approved tracks, remembered for a moment, and for longer while the database is away.

Those who approve tracks see more, and always the newest; nothing is remembered for them.
"""

from collections import OrderedDict
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from msgspec import Struct
from pydantic import AwareDatetime
from pydantic_core import to_json

from control.api.etags import body_etag
from control.api.paging import Cursors, Page
from control.errors import DatabaseAway
from control.kv.cached import cached, invalidate
from control.kv.kv import Kv
from control.library.changes import TracksQuery
from control.library.library import Library
from control.library.stored_track import StoredTrack
from control.library.told import TrackTold, track_told
from control.library.wanted import After, Sort
from control.principal import ANONYMOUS, Principal

KEPT_SECONDS: Final = 10.0
"""The worker writes tracks from another process, which tells nobody; so long they may be missing here."""
LAST_PAGES: Final = 200
MOST_QUESTIONS: Final = 1_000
_cursors: Final[dict[Sort, Cursors[tuple[Any, str]]]] = {
    Sort.NEWEST: Cursors(tuple[AwareDatetime, str]),
    Sort.SCORE: Cursors(tuple[float, str]),
    Sort.BPM: Cursors(tuple[float, str]),
    Sort.KEY: Cursors(tuple[int, str]),
    Sort.ENERGY: Cursors(tuple[float, str]),
}


class KeptPage(Struct, frozen=True):
    """A page as it is sent."""

    body: bytes
    etag: str
    next_cursor: str | None


class Shown:
    """One for a front."""

    def __init__(self, library: Library, kv: Kv) -> None:
        self._library = library
        self._kv = kv
        self._read = cached(kv, key="catalogue:{name}", ttl_seconds=KEPT_SECONDS, returns=KeptPage)(self._make)
        self._queries: dict[str, TracksQuery] = {}
        """By name, those that were asked lately."""
        self._last: OrderedDict[str, KeptPage] = OrderedDict()

    async def page(self, query: TracksQuery) -> KeptPage:
        """Raises DatabaseAway if the page was never shown before."""
        name = _name_of(query)
        if name not in self._queries:
            if len(self._queries) >= MOST_QUESTIONS:
                self._queries.pop(next(iter(self._queries)))
            self._queries[name] = query
        try:
            kept = await self._read(name)
        except DatabaseAway:
            if name not in self._last:
                raise
            return self._last[name]
        self._last[name] = kept
        self._last.move_to_end(name)
        if len(self._last) > LAST_PAGES:
            self._last.popitem(last=False)
        return kept

    async def changed(self) -> None:
        """What is remembered is old now, in every front."""
        await invalidate(self._kv, "catalogue:*")

    async def page_for(self, query: TracksQuery, asker: Principal) -> Page[TrackTold]:
        """Not remembered. Raises DatabaseAway, NotFound for a cursor that is none."""
        cursors = _cursors[query.sort]
        place = cursors.read(query.cursor)
        after = After(*place) if place else None
        found = await self._library.page(query.wanted(), query.sort, query.limit + 1, after, asker, rising=query.rising)
        shown = found[: query.limit]
        more = len(found) > query.limit
        next_cursor = cursors.write((place_of(shown[-1], query.sort), shown[-1].id)) if more else None
        return Page(items=[track_told(stored) for stored in shown], next_cursor=next_cursor)

    async def _make(self, name: str) -> KeptPage:
        query = self._queries[name]
        page = await self.page_for(query, ANONYMOUS)
        body = to_json(page)
        return KeptPage(body, body_etag(body), page.next_cursor)


def place_of(stored: StoredTrack, sort: Sort) -> datetime | float:
    """The value by which that order places a track; what is not known stands at 0."""
    match sort:
        case Sort.NEWEST:
            return stored.created_at
        case Sort.SCORE:
            return stored.score
        case Sort.BPM:
            return stored.bpm or 0.0
        case Sort.KEY:
            return stored.wheel or 0
        case Sort.ENERGY:
            return stored.energy or 0.0


@lru_cache(maxsize=MOST_QUESTIONS)
def _name_of(query: TracksQuery) -> str:
    """The same for the same question, in every front."""
    return sha256(query.model_dump_json().encode()).hexdigest()[:32]
