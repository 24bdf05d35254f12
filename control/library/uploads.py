"""Uploads: how a file that somebody sends becomes a track.

It is spooled, identified by its content, decoded and measured by intake, moved to its place, and written into the table under its
sender's quota. A sender who may write the queue is trusted: his track may air at once. Others' wait for approval: until then there is
no sidecar, so no rundown can choose them. A content that the library has already is that track, whoever sends it.
"""

import asyncio
import os
import re
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final
from uuid import UUID

import structlog

from control.database.database import Database
from control.errors import FieldError, Forbidden, Invalid, NotEntitled, TooMany, Unavailable
from control.library import repository
from control.library.spool import NoRoom, Spooled, refusing_a_full_disk, spooled
from control.library.stored_track import StoredTrack
from control.permissions import Permission
from control.principal import Principal
from server.catalogue.catalogue import Catalogue
from server.clock import Clock
from server.intake.refusal import IntakeError, Refused
from server.track import Track

AT_ONCE: Final = 8
"""Uploads of all accounts at one front; the next one is asked to come back."""
DAY_SECONDS: Final = 86_400
if TYPE_CHECKING:
    from server.catalogue.accession import Intake

_LONGEST_NAME: Final = 120
_ROOM_BYTES: Final = 64 << 20
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of an upload."""

    stored: StoredTrack
    new: bool
    """False: the library had that content already."""


class Uploads:
    """The uploads of one front."""

    def __init__(self, database: Database, catalogue: Catalogue, intake: "Intake", folder: Path, largest_bytes: int, clock: Clock) -> None:
        """`folder`: where uploads stay; intake must be let into it. `catalogue`: this object's own, written to only."""
        self._database = database
        self._catalogue = catalogue
        self._intake = intake
        self._folder = folder
        self._largest_bytes = largest_bytes
        self._clock = clock
        self._sending: set[UUID] = set()
        self._decoding = asyncio.Semaphore(1)

    @property
    def largest_bytes(self) -> int:
        return self._largest_bytes

    async def take(self, pieces: AsyncIterator[bytes], file_name: str, sender: Principal) -> Taken:
        """The track of what the pieces make.

        Raises Forbidden, NotEntitled, TooMany, TooLarge, Invalid, Malformed, NoRoom, Unavailable, DatabaseAway.
        """
        account_id = sender.account_id
        if account_id is None:
            raise Forbidden("Uploads belong to an account.")
        async with self._turn(account_id):
            async with self._database.transaction() as connection:
                await self._require_quota(connection, account_id, sender, 0)
            async with spooled(self._folder, pieces, self._largest_bytes) as spool:
                return await self._settle(spool, file_name, account_id, sender)

    @asynccontextmanager
    async def _turn(self, account_id: UUID) -> AsyncIterator[None]:
        if account_id in self._sending:
            raise TooMany("One upload at a time: wait until the other one is through.", retry_after_seconds=5.0)
        if len(self._sending) >= AT_ONCE:
            raise Unavailable("Many are uploading at this moment.", retry_after_seconds=10.0)
        self._sending.add(account_id)
        try:
            yield
        finally:
            self._sending.discard(account_id)

    async def _settle(self, spool: Spooled, file_name: str, account_id: UUID, sender: Principal) -> Taken:
        # Imported here, for it brings the kernels that measure sound with it: a front must start within a second.
        from server.catalogue.accession import Accession, named

        with self._blamed():
            track_id = await self._intake.identify(spool.path)
        known = await repository.one(self._database, track_id)
        if known is not None and await asyncio.to_thread(Path(known.track.path).is_file):
            return Taken(known, new=False)
        async with self._decoding:
            with self._blamed():
                accession = Accession(self._intake, spool.path.with_name("decoded.npy"))
                track = await accession.take(spool.path, lambda _: None, self._clock.wall())
        final = self._folder / f"{track.id}{spool.ending}"
        track = replace(named(replace(track, path=f"/{_stem(file_name)}.sound")), path=str(final))
        trusted = sender.may(Permission.STATION_QUEUE_WRITE) or sender.may(Permission.LIBRARY_TRACKS_APPROVE)
        async with self._database.transaction() as connection:
            await self._require_quota(connection, account_id, sender, spool.bytes)
            new = await repository.add_upload(connection, track, approved=trusted, account_id=account_id, file_bytes=spool.bytes)
            stored = await repository.one_to_change(connection, track.id)
            assert stored is not None
            if not new:  # its file had gone: it is back, as what it was
                track = replace(stored.track, path=track.path)
                stored = await repository.change(connection, track, approved=stored.approved, in_catalogue=stored.approved)
            await asyncio.to_thread(_move, spool.path, final)
            if stored.approved:
                await asyncio.to_thread(self._shelve, track)
        return Taken(stored, new)

    def _shelve(self, track: Track) -> None:
        self._catalogue.refresh()
        self._catalogue.put(track)

    async def _require_quota(self, connection: repository.Connection, account_id: UUID, sender: Principal, more_bytes: int) -> None:
        """Holds the sender's other uploads up until the transaction ends. Raises TooMany, NotEntitled."""
        now = self._clock.wall()
        midnight = now - now % DAY_SECONDS
        sent, stored_bytes = await repository.uploads_since(connection, account_id, datetime.fromtimestamp(midnight, UTC))
        allowed = sender.entitlements
        if allowed.uploads_a_day is not None and sent >= allowed.uploads_a_day:
            wait = midnight + DAY_SECONDS - now
            raise TooMany(f"The plan has {allowed.uploads_a_day} uploads a day (UTC).", retry_after_seconds=wait)
        if allowed.storage_bytes is not None and stored_bytes + more_bytes > allowed.storage_bytes:
            raise NotEntitled(f"The plan has room for {allowed.storage_bytes / 1e6:,.0f} MB, and {stored_bytes / 1e6:,.1f} MB are taken.")

    @contextmanager
    def _blamed(self) -> Iterator[None]:
        """What intake says against the file is the sender's matter; what fails on our side is not."""
        try:
            yield
        except Refused as refusal:
            raise Invalid(refusal.reason, errors=[FieldError("body.file", refusal.reason)]) from None
        except (IntakeError, OSError) as error:
            _log.error("an upload could not be looked at", error=str(error))
            if shutil.disk_usage(self._folder).free < _ROOM_BYTES:
                raise NoRoom("The station's disk is full.") from error
            raise Unavailable("The file could not be looked at; it is not to blame.", retry_after_seconds=30.0) from error


def _move(source: Path, final: Path) -> None:
    with refusing_a_full_disk():
        source.replace(final)
        folder = os.open(final.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _stem(file_name: str) -> str:
    """What a sender calls his file, as far as it can be believed: one line, no path, no ending."""
    name = re.split(r"[/\\]", file_name)[-1]
    visible = "".join(character for character in name if character.isprintable())
    return Path(visible).stem.strip()[:_LONGEST_NAME] or "Untitled"
