"""/api/v1/library/..., /api/v1/audio/upload: the library read, changed and added to."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from pydantic import AwareDatetime

from control.api.call import Answer, Call, Encoded
from control.api.etags import version_etag
from control.api.operation import operation
from control.api.paging import Cursors, Page, next_link
from control.errors import (
    Conflict,
    Forbidden,
    Invalid,
    Malformed,
    NotEntitled,
    NotFound,
    PreconditionFailed,
    TooLarge,
    TooMany,
    Unavailable,
    WrongType,
)
from control.library.changes import Change, HistoryQuery, OfTrack, TracksQuery, UploadQuery
from control.library.library import Library
from control.library.parts import UPLOAD, file_part, pieces
from control.library.shown import Shown
from control.library.spool import NoRoom
from control.library.stored_track import StoredTrack
from control.library.told import PlayedTold, TrackTold, UploadTold, played_told, track_told
from control.library.uploads import Uploads
from control.library.wanted import AfterAiring
from control.permissions import Permission
from control.stations.desk import Desk

CUE_TRIES: Final = 12
CUE_PAUSE_SECONDS: Final = 0.4
"""The engine reads the catalogue about once a second: a track that is new there is asked for again."""
_history_cursors: Final = Cursors[tuple[AwareDatetime, str]](tuple[AwareDatetime, str])


class LibraryRoutes:
    """The operations; `operations(LibraryRoutes(...))` makes their routes."""

    def __init__(self, library: Library, shown: Shown, uploads: Uploads, desk: Desk, stations: Sequence[str]) -> None:
        """`stations`: their names; the first is meant where none is named."""
        self._library = library
        self._shown = shown
        self._uploads = uploads
        self._desk = desk
        self._stations = stations

    @operation(
        "GET",
        "/api/v1/library/tracks",
        permission=Permission.LIBRARY_TRACKS_READ,
        summary="Tracks, filtered",
        tag="library",
        raises=(NotFound,),
    )
    async def tracks(self, call: Call, *, query: TracksQuery) -> Page[TrackTold] | Answer[Encoded[Page[TrackTold]]]:
        """A page of the library, newest or best first."""
        if call.principal.may(Permission.LIBRARY_TRACKS_APPROVE):
            return await self._shown.page_for(query, call.principal)
        kept = await self._shown.page(query)
        links = {"Link": next_link(call.request, kept.next_cursor)} if kept.next_cursor else {}
        return Answer(Encoded(kept.body, kept.etag), headers=links)

    @operation(
        "GET",
        "/api/v1/library/tracks/{id}",
        permission=Permission.LIBRARY_TRACKS_READ,
        summary="One track",
        tag="library",
        raises=(NotFound,),
    )
    async def track(self, call: Call, *, path: OfTrack) -> Answer[TrackTold]:
        """A track that is not approved is shown to its sender and to those who approve."""
        return _versioned(await self._library.one(path.id, call.principal))

    @operation(
        "PATCH",
        "/api/v1/library/tracks/{id}",
        permission=Permission.LIBRARY_TRACKS_WRITE,
        summary="Approve, withdraw or rename a track",
        tag="library",
        raises=(NotFound, Forbidden, PreconditionFailed, Conflict),
    )
    async def change(self, call: Call, *, path: OfTrack, body: Change) -> Answer[TrackTold]:
        """What is left out stays. With If-Match only if nobody was faster. A withdrawn track is not aired again."""

        def unchanged(version: int) -> None:
            call.require_unchanged(version_etag(version))

        changed = await self._library.change(path.id, body, unchanged, call.principal, call.client)
        await self._shown.changed()
        return _versioned(changed)

    @operation(
        "POST",
        "/api/v1/audio/upload",
        permission=Permission.LIBRARY_TRACKS_UPLOAD,
        summary="Send a sound file",
        tag="library",
        status=201,
        takes=UPLOAD,
        raises=(WrongType, Malformed, TooLarge, Invalid, Forbidden, NotFound, NotEntitled, TooMany, NoRoom, Unavailable),
    )
    async def upload(self, call: Call, *, query: UploadQuery) -> UploadTold:
        """multipart/form-data with one file in the field `file`. It is decoded in a sandbox and measured. What is sent by those who may
        write the queue may air at once; what others send waits for approval. Content that is there already is not new."""
        if query.queue and not call.principal.may(Permission.STATION_QUEUE_WRITE):
            raise Forbidden("This account may not write the queue.")
        self._desk.station(query.station)
        part = await file_part(call.request, self._uploads.largest_bytes)
        taken = await self._uploads.take(pieces(part), part.filename or "", call.principal)
        await self._shown.changed()
        entry_id, not_queued = await self._queue(call, query.station, taken.stored) if query.queue else (None, None)
        return UploadTold(track=track_told(taken.stored), new=taken.new, entry_id=entry_id, not_queued=not_queued)

    @operation(
        "GET",
        "/api/v1/library/history",
        permission=Permission.LIBRARY_TRACKS_READ,
        summary="What has aired",
        tag="library",
        raises=(NotFound,),
    )
    async def history(self, call: Call, *, query: HistoryQuery) -> Page[PlayedTold]:  # noqa: ARG002 -- the same for all who may read
        """Ended airings, latest first; one is here a few seconds after its end."""
        station = query.station or self._stations[0]
        if station not in self._stations:
            raise NotFound(f"There is no station {station}.")
        place = _history_cursors.read(query.cursor)
        found = await self._library.history(station, query.track_id, query.limit + 1, AfterAiring(*place) if place else None)
        shown = found[: query.limit]
        more = len(found) > query.limit
        next_cursor = _history_cursors.write((shown[-1]["started_at"], shown[-1]["entry_id"])) if more else None
        return Page(items=[played_told(row) for row in shown], next_cursor=next_cursor)

    async def _queue(self, call: Call, station: str | None, stored: StoredTrack) -> tuple[str | None, str | None]:
        """The entry that was made, or why none was: the upload itself has succeeded either way."""
        cue = partial(self._desk.cue, station, stored.id, None, call.principal, None, call.client)
        reason = "It is not approved."
        for _ in range(CUE_TRIES if stored.approved else 0):
            try:
                return (await cue()).entry_id, None
            except Conflict as refusal:
                reason = refusal.detail
                if "has no track" not in reason:
                    break
            except Unavailable as refusal:
                return None, refusal.detail
            await asyncio.sleep(CUE_PAUSE_SECONDS)
        return None, reason


def _versioned(stored: StoredTrack) -> Answer[TrackTold]:
    return Answer(track_told(stored), etag=version_etag(stored.version))
