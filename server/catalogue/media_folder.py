"""The library: keeps the catalogue in step with the media folder, for as long as it runs.

Owns which file is which track, and when a file is looked at. Files belong to the operator, who may change them at any moment: so it
asks intake only about a file that has come to rest, believes the answer only if the file is still the same afterwards, and fails for
no file's sake. A missing folder is an empty library until it comes back. One file at a time: the air needs the processor more.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Protocol

import structlog
from watchfiles import awatch

from server.catalogue.accession import Accession, named
from server.catalogue.media_index import MediaIndex
from server.catalogue.media_scan import Found, Scan, found, scan
from server.clock import Clock
from server.intake.refusal import IntakeError, Refused
from server.track import Source, Track

_log = structlog.get_logger(__name__)

SETTLE_SECONDS: Final = 2.0
"""A file rests when its stamps have not changed for this long."""
OLD_SECONDS: Final = 10.0
"""A file that nobody has written to for this long rests at first sight."""
RESCAN_SECONDS: Final = 60.0
"""How long a change may stay unseen where the system does not tell of it (network shares), and a file rests after its first failure."""
BATCH_FILES: Final = 16
"""After so many files the folder is looked at again: much may have changed meanwhile."""
_LOOK_AROUND_MS: Final = 2000


class Refusal(Protocol):
    """A file that may not air, with its stamps at the time."""

    @property
    def path(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def mtime(self) -> float: ...


class Shelf(Protocol):
    """What the library asks of the catalogue (server/catalogue/catalogue.py)."""

    def tracks(self, source: Source) -> Mapping[str, Track]: ...
    def put(self, track: Track) -> None: ...
    def remove(self, track_id: str) -> None: ...
    def refusals(self) -> Iterable[Refusal]: ...
    def refusal(self, path: str) -> Refusal | None: ...
    def refuse(self, path: str, reason: str) -> None: ...
    def lift(self, path: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the library is."""

    there: bool
    """Whether the folder is."""
    files: int
    taken: int
    """Files that are tracks."""
    refused: int
    unsettled: int
    """Files that are still being written, or rest after a failure."""
    waiting: int
    """Files that have not had their turn."""


@dataclass(frozen=True, slots=True)
class _Sighting:
    file: Found
    rests_at: float
    """Monotonic seconds from which the file may be looked at, unless it changes."""
    failures: int = 0


class MediaFolder:
    """One media folder and its tracks."""

    def __init__(
        self,
        folder: Path,
        index: MediaIndex,
        accession: Accession,
        shelf: Shelf,
        clock: Clock,
        on_progress: Callable[[Progress], None] = lambda _: None,
        uploads: Path | None = None,
    ) -> None:
        """`uploads`: the folder of tracks that others put into the library; they are left alone here."""
        self._uploads = uploads
        self._folder = folder.absolute()
        self._index = index
        self._accession = accession
        self._shelf = shelf
        self._clock = clock
        self._on_progress = on_progress
        self._sightings: dict[str, _Sighting] = {}
        self._there = True

    async def run(self) -> None:
        """Keeps in step until it is cancelled. Raises OSError if there is no place to work in."""
        await asyncio.to_thread(self._accession.tidy)
        changed = asyncio.Event()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._watch(changed))
            while True:
                changed.clear()
                progress = await self.look()
                if not progress.waiting:
                    with suppress(TimeoutError):
                        async with asyncio.timeout(SETTLE_SECONDS if progress.unsettled else RESCAN_SECONDS):
                            await changed.wait()

    async def look(self) -> Progress:
        """Looks at the folder once: takes out what is gone, takes in what is new and rests, 16 files at most."""
        result = await asyncio.to_thread(scan, self._folder)
        self._tell(result is not None)
        seen = result or Scan()
        await asyncio.to_thread(self._reconcile, seen)
        self._sightings = {path: self._sighting(file) for path, file in seen.files.items()}
        new = [file for file in seen.files.values() if not self._is_settled_with(file)]
        ripe = [file for file in new if self._clock.monotonic() >= self._sightings[file.path].rests_at]
        for turn, file in enumerate(ripe[:BATCH_FILES]):
            self._on_progress(self._progress(seen, len(new) - len(ripe), len(ripe) - turn))
            await self._take_in(file)
        await asyncio.to_thread(self._save)
        progress = self._progress(seen, len(new) - len(ripe), max(0, len(ripe) - BATCH_FILES))
        self._on_progress(progress)
        return progress

    def _reconcile(self, seen: Scan) -> None:
        """Brings the catalogue in step with what is known of the files that are there."""
        changed = self._index.compare(seen.files, self._clock.wall())
        try:
            self._reconcile_refusals(seen)
            self._reconcile_tracks(seen, changed)
        except OSError as error:
            _log.error("media: the catalogue cannot be written", error=str(error))

    def _reconcile_refusals(self, seen: Scan) -> None:
        for path, reason in seen.set_aside.items():
            if self._shelf.refusal(path) is None:
                self._refuse(path, reason)
        for refusal in list(self._shelf.refusals()) if self._there else []:
            is_mine = Path(refusal.path).is_relative_to(self._folder)
            if is_mine and refusal.path not in seen.files and refusal.path not in seen.set_aside:
                self._shelf.lift(refusal.path)

    def _reconcile_tracks(self, seen: Scan, changed: set[str]) -> None:
        fit = {path: known.track for path, known in self._index.there().items() if not self._is_refused(seen.files[path])}
        ids = {track.id for track in fit.values()}
        for track_id, track in self._shelf.tracks(Source.LIBRARY).items():
            # The index may be lost: until such a file has had its turn, its track is as good as it was.
            is_to_come = track.path in seen.files and track.path not in changed and self._index.at(track.path) is None
            is_upload = self._uploads is not None and Path(track.path).is_relative_to(self._uploads)
            if track_id not in ids and not is_to_come and not is_upload:
                self._shelf.remove(track_id)
        for path, track in fit.items():
            self._shelve(path, track)

    def _shelve(self, path: str, track: Track) -> None:
        """Makes the file a track, unless another file of the same content is that track already."""
        present = self._shelf.tracks(Source.LIBRARY).get(track.id)
        if present is None or not (present.path == path or self._index.holds(present.path, track.id)):
            self._shelf.put(named(replace(track, path=path)))

    async def _take_in(self, file: Found) -> None:
        try:
            await self._decide(file)
        except (IntakeError, OSError, ValueError) as error:
            failures = self._sightings[file.path].failures + 1
            rest_seconds = RESCAN_SECONDS * 2 ** min(failures - 1, 6)
            self._sightings[file.path] = _Sighting(file, self._clock.monotonic() + rest_seconds, failures)
            _log.warning("media: a file could not be looked at, and will be again", file=file.path, error=str(error))

    async def _decide(self, file: Found) -> None:
        """Makes the file a track or refuses it, unless it has changed meanwhile. Raises IntakeError, OSError, ValueError."""
        try:
            track = await self._accession.take(Path(file.path), self._index.of_content, self._clock.wall())
        except Refused as refusal:
            if found(file.path) == file:
                await asyncio.to_thread(self._refuse, file.path, refusal.reason)
            return
        if found(file.path) == file:
            self._index.keep(file, replace(track, hearing=None))  # what was heard is remembered by content, not by file
            await asyncio.to_thread(self._shelve, file.path, track)
            _log.info("media: taken in", file=file.path, track=track.id)

    def _refuse(self, path: str, reason: str) -> None:
        _log.warning("media: refused", file=path, reason=reason)
        self._shelf.refuse(path, reason)

    def _is_refused(self, file: Found) -> bool:
        refusal = self._shelf.refusal(file.path)
        return refusal is not None and (refusal.size, refusal.mtime) == (file.size, file.mtime)

    def _is_settled_with(self, file: Found) -> bool:
        """Whether all is known of the file as it is now."""
        known = self._index.at(file.path)
        return (known is not None and known.is_still(file)) or self._is_refused(file)

    def _sighting(self, file: Found) -> _Sighting:
        before = self._sightings.get(file.path)
        if before is not None and before.file == file:
            return before
        is_old = before is None and self._clock.wall() - file.mtime > OLD_SECONDS
        return _Sighting(file, self._clock.monotonic() + (0.0 if is_old else SETTLE_SECONDS))

    def _save(self) -> None:
        try:
            self._index.save()
        except OSError as error:
            _log.error("media: the index cannot be written", error=str(error))

    def _progress(self, seen: Scan, unsettled: int, waiting: int) -> Progress:
        taken = sum(not known.gone_at for known in self._index.there().values())
        refused = len(seen.set_aside) + sum(self._is_refused(file) for file in seen.files.values())
        return Progress(self._there, len(seen.files), taken, refused, unsettled, waiting)

    def _tell(self, there: bool) -> None:
        if not there and self._there:
            _log.warning("media: the media folder is missing or closed; the library is empty until it is back", folder=str(self._folder))
        if there and not self._there:
            _log.info("media: the media folder is back", folder=str(self._folder))
        self._there = there

    async def _watch(self, changed: asyncio.Event) -> None:
        """Sets `changed` when the system tells of a change, for as long as it can; the folder may come, go and be replaced."""
        while True:
            watched = _identity(self._folder)
            try:
                if watched is not None:
                    await self._watch_one(watched, changed)
            except (OSError, RuntimeError) as error:
                _log.debug("media: the folder cannot be watched, only looked at", error=str(error))
            await asyncio.sleep(SETTLE_SECONDS)

    async def _watch_one(self, watched: tuple[int, int], changed: asyncio.Event) -> None:
        """Until another folder takes this one's place. Raises OSError, RuntimeError."""
        changed.set()
        stands = False
        async for changes in awatch(self._folder.resolve(), watch_filter=None, rust_timeout=_LOOK_AROUND_MS, yield_on_timeout=True):
            is_another = _identity(self._folder) != watched
            if changes or is_another or not stands:  # before the watch stood, nobody told of anything
                changed.set()
            stands = True
            if is_another:
                return


def _identity(folder: Path) -> tuple[int, int] | None:
    """Tells a folder from another one that took its place."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino
