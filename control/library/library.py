"""The library as people see and change it: searched in the table, changed in table and catalogue together.

A change is written in one transaction: the row, the audit entry, and last the sidecar, so that it is on its way to the air when the
answer says so. If the transaction fails after that, the sidecar stands and the row follows it (step.py).
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from control.database.database import Database
from control.errors import Conflict, Forbidden, NotFound
from control.library import repository
from control.library.changes import Change
from control.library.step import WITHDRAWN
from control.library.stored_track import StoredTrack
from control.library.wanted import After, AfterAiring, Sort, Wanted
from control.permissions import Permission
from control.principal import Principal
from server.catalogue.catalogue import Catalogue


class AuditLog(Protocol):
    """What is asked of the audit log (control/audit/log.py)."""

    async def record(
        self,
        event: str,
        *,
        actor: Principal | None,
        subject: str | None = None,
        detail: Mapping[str, Any] | None = None,
        client: str = "",
        connection: repository.Connection | None = None,
    ) -> None: ...


class Unchanged(Protocol):
    """Raises PreconditionFailed unless the asker has seen that version."""

    def __call__(self, version: int, /) -> None: ...


class Library:
    """The tracks of the house."""

    def __init__(self, database: Database, catalogue: Catalogue, audit: AuditLog) -> None:
        """`catalogue` is this object's own, written to only."""
        self._database = database
        self._catalogue = catalogue
        self._audit = audit

    async def page(
        self, wanted: Wanted, sort: Sort, limit: int, after: After | None, asker: Principal, *, rising: bool = False
    ) -> list[StoredTrack]:
        """Tracks that match; those that are not approved are only for those who approve. Raises DatabaseAway."""
        if not asker.may(Permission.LIBRARY_TRACKS_APPROVE):
            wanted = replace(wanted, approved=True)
        return await repository.page(self._database, wanted, sort, limit, after, rising=rising)

    async def one(self, track_id: str, asker: Principal) -> StoredTrack:
        """One track; an unapproved one is shown to its sender too. Raises NotFound, DatabaseAway."""
        stored = await repository.one(self._database, track_id)
        if stored is None or not _visible(stored, asker):
            raise NotFound("There is no such track.")
        return stored

    async def change(self, track_id: str, change: Change, unchanged: Unchanged, asker: Principal, client: str) -> StoredTrack:
        """Approves, withdraws, renames. Raises NotFound, Forbidden, PreconditionFailed, Conflict, DatabaseAway."""
        if change.approved is not None and not asker.may(Permission.LIBRARY_TRACKS_APPROVE):
            raise Forbidden("This account may not approve tracks.")
        async with self._database.transaction() as connection:
            before = await repository.one_to_change(connection, track_id)
            if before is None:
                raise NotFound("There is no such track.")
            unchanged(before.version)
            track = replace(before.track, title=change.title or before.track.title)
            if change.genre is not None:
                track = replace(track, genre=change.genre)
            approved = before.approved if change.approved is None else change.approved
            in_catalogue = approved and (before.in_catalogue or not before.approved)
            after = await repository.change(connection, track, approved=approved, in_catalogue=in_catalogue)
            told = change.model_dump(exclude_none=True)
            await self._audit.record("track.change", actor=asker, subject=track_id, detail=told, client=client, connection=connection)
            await asyncio.to_thread(self._follow, before, after)
        return after

    async def history(self, station: str, track_id: str | None, limit: int, after: AfterAiring | None) -> list[Mapping[str, Any]]:
        """What has aired, latest first. Raises DatabaseAway."""
        return await repository.history(self._database, station, track_id, limit, after)

    def _follow(self, before: StoredTrack, after: StoredTrack) -> None:
        """Lets the catalogue do what was decided. Raises Conflict if there is nothing left to air, OSError."""
        self._catalogue.refresh()
        if before.approved and not after.approved:
            self._catalogue.refuse(after.track.path, WITHDRAWN)
        elif after.approved and not before.approved:
            if not Path(after.track.path).is_file():
                raise Conflict("The file of this track is gone.")
            self._catalogue.put(after.track)
        elif after.approved and before.in_catalogue:
            self._catalogue.put(after.track)


def _visible(stored: StoredTrack, asker: Principal) -> bool:
    if stored.approved or asker.may(Permission.LIBRARY_TRACKS_APPROVE):
        return True
    return asker.account_id is not None and stored.uploaded_by == asker.account_id
