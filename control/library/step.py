"""Keeps the table in step with the files: sidecars become rows, ended airings become play history. The worker's part of the library.

The files are the spool: what the database misses while it is away is read from them when it is back, so nothing is remembered here that
must survive, and the process may be killed between any two statements. Approval goes the other way: it is decided in the table, and
where a crash has kept the catalogue from following, it follows here.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import structlog
from asyncpg import DataError, PostgresError

from control.database.database import Database
from control.errors import DatabaseAway
from control.library import repository
from control.library.played import PIECE_BYTES, read_on
from dsp.fingerprint import Fingerprint
from server.catalogue.catalogue import Catalogue
from server.clock import Epoch
from server.sitting.state_file import StateFile
from server.track import Source, Track

REST_SECONDS: Final = 5.0
REST_AFTER_FAULT_SECONDS: Final = 10.0
WHOLE_EVERY_STEPS: Final = 720
"""After so many steps every sidecar is compared again: the database may have been restored to an older day."""
WITHDRAWN: Final = "It is not approved."
_BATCH: Final = 200
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class StationFiles:
    """Where a station's engine writes."""

    history: Path
    """`history.jsonl`."""
    state: Path
    """`state.json`: it knows when position 0 was."""


async def keep_in_step(
    database: Database,
    catalogue: Catalogue,
    stations: Mapping[str, StationFiles],
    ended: asyncio.Event,
    rest_seconds: float = REST_SECONDS,
) -> None:
    """Goes on until `ended`, through every absence of the database. `catalogue` is this task's own: it is refreshed here."""
    step = Step(database, catalogue, stations)
    was_away = False
    while not ended.is_set():
        rest = rest_seconds
        try:
            await step.take()
            was_away = False
        except DatabaseAway:
            if not was_away:
                _log.warning("library: the database is away; the files keep what it misses")
            was_away = True
        except (PostgresError, OSError) as error:
            _log.error("library: a step failed, and will be tried again", error=str(error))
            rest = max(rest, REST_AFTER_FAULT_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(rest):
                await ended.wait()


class Step:
    """One comparison of files and table after the other."""

    def __init__(
        self, database: Database, catalogue: Catalogue, stations: Mapping[str, StationFiles], piece_bytes: int = PIECE_BYTES
    ) -> None:
        self._database = database
        self._catalogue = catalogue
        self._stations = stations
        self._piece_bytes = piece_bytes
        self._followed: Mapping[str, Track] | None = None
        self._steps = 0

    async def take(self) -> None:
        """Raises DatabaseAway, OSError and asyncpg's errors; what is done so far stands, and the next step goes on from there."""
        if self._steps % WHOLE_EVERY_STEPS == 0:
            self._followed = None
        await self._follow_sidecars()
        await self._follow_approval()
        for name, files in self._stations.items():
            await self._move_history(name, files)
        self._steps += 1

    async def _follow_sidecars(self) -> None:
        airable = await asyncio.to_thread(self._airable)
        before = self._followed or {}
        new = [track for track_id, track in airable.items() if before.get(track_id) != track]
        for batch in _batches(new):
            await self._follow(batch)
        if self._followed is None or before.keys() - airable.keys():
            await repository.stepped_out(self._database, list(airable))
        self._followed = airable

    async def _follow(self, tracks: Sequence[Track]) -> None:
        """One sidecar that the database cannot hold must not keep the others out."""
        fingerprints = await asyncio.to_thread(self._fingerprints, tracks)
        try:
            await repository.follow(self._database, tracks, fingerprints)
        except DataError as error:
            if len(tracks) == 1:
                _log.warning("library: a sidecar cannot be kept in the database", track=tracks[0].id, error=str(error))
                return
            for track in tracks:
                await self._follow([track])

    def _fingerprints(self, tracks: Sequence[Track]) -> dict[str, Fingerprint]:
        found = {track.id: self._catalogue.heard(track.id) for track in tracks if track.hearing is not None}
        return {track_id: heard.fingerprint for track_id, heard in found.items() if heard is not None and heard.fingerprint is not None}

    async def _follow_approval(self) -> None:
        for stored in await repository.at_odds(self._database):
            await asyncio.to_thread(self._agree, stored.track, approved=stored.approved)

    def _agree(self, track: Track, *, approved: bool) -> None:
        catalogue = self._catalogue
        if not approved:
            catalogue.refuse(track.path, WITHDRAWN)
        elif catalogue.track(track.id) is None and catalogue.refusal(track.path) is None and Path(track.path).is_file():
            catalogue.put(track)

    async def _move_history(self, name: str, files: StationFiles) -> None:
        state = await asyncio.to_thread(StateFile(files.state).load)
        if state is None:
            return
        epoch = Epoch(state.epoch)
        while True:
            async with self._database.transaction() as connection:
                place = await repository.place_read(connection, name)
                played, further = await asyncio.to_thread(read_on, files.history, place, epoch, self._piece_bytes)
                if further == place:
                    break
                await repository.add_played(connection, name, played, further)

    def _airable(self) -> dict[str, Track]:
        self._catalogue.refresh()
        tracks = [track for source in (Source.LIBRARY, Source.STUDIO) for track in self._catalogue.tracks(source).values()]
        return {track.id: track for track in tracks if not self._catalogue.is_refused(track)}


def _batches(tracks: Sequence[Track]) -> Iterator[Sequence[Track]]:
    return (tracks[begin : begin + _BATCH] for begin in range(0, len(tracks), _BATCH))
