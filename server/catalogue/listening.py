"""Listening: has tracks heard that were taken in without, or heard by ears that are not today's. In the background of a worker.

Owns which tracks are overdue, and the way from a track's file to what is remembered of it: decoded in the sandbox, heard, kept. One at a
time, whoever asks. A track that cannot be heard stays as it is and is let be until the next start; it may air nonetheless.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

import structlog

from dsp.cues import NothingToHear
from server.catalogue.heard import Heard
from server.catalogue.measurement import Measurement
from server.intake.intake import Report
from server.intake.refusal import IntakeError, Refused
from server.track import Source, Track

REST_SECONDS: Final = 15.0
"""Between two looks while nothing is overdue."""
SWEEP_SECONDS: Final = 86_400.0
_log = structlog.get_logger(__name__)
Tell = Callable[[float, str], None]


class Intake(Protocol):
    """What is asked of intake (server/intake/intake.py)."""

    async def prepare(self, path: Path, target: Path) -> Report:
        """Decodes the file into `target`. Raises Refused, IntakeError."""


class Shelf(Protocol):
    """What is asked of the catalogue (server/catalogue/catalogue.py)."""

    def refresh(self) -> bool: ...
    def tracks(self, source: Source) -> Mapping[str, Track]: ...
    def track(self, track_id: str) -> Track | None: ...
    def is_refused(self, track: Track) -> bool: ...
    def heard(self, track_id: str) -> Heard | None: ...
    def remember(self, track_id: str, heard: Heard) -> None: ...
    def forget_unneeded(self, now: float) -> int: ...


class Ears(Protocol):
    """What is asked of the ears (server/ears/ears.py)."""

    @property
    def makes_fingerprints(self) -> bool: ...
    @property
    def features_model(self) -> str: ...
    def listen_to(self, path: Path) -> Measurement: ...


def _untold(_share: float, _words: str) -> None:
    """Nobody wants to know how far it is."""


class Listening:
    """The listening of one worker."""

    def __init__(self, shelf: Shelf, intake: Intake, ears: Ears, scratch: Path, wall: Callable[[], float]) -> None:
        """`scratch`: the file, ending in .npy, that holds the decoded sound for as long as it is heard."""
        self._shelf = shelf
        self._intake = intake
        self._ears = ears
        self._scratch = scratch
        self._wall = wall
        self._turn = asyncio.Lock()
        self._given_up: set[str] = set()
        self._sought: set[str] = set()
        """Tracks that a fingerprint was sought of: the files that say so are opened once."""

    async def run(self) -> None:
        """Has one overdue track heard after the other, until cancelled."""
        swept_at = 0.0
        while True:
            overdue = await asyncio.to_thread(self.overdue)
            if overdue:
                await self._catch_up(overdue[0], len(overdue) - 1)
                continue
            if self._wall() - swept_at > SWEEP_SECONDS:
                swept_at = self._wall()
                with suppress(OSError):
                    await asyncio.to_thread(self._shelf.forget_unneeded, swept_at)
            await asyncio.sleep(REST_SECONDS)

    def overdue(self) -> list[Track]:
        """The tracks that today's ears have not heard. Blocks on the disk."""
        self._shelf.refresh()
        tracks = (track for source in (Source.LIBRARY, Source.STUDIO) for track in self._shelf.tracks(source).values())
        return [track for track in tracks if self._is_overdue(track)]

    async def hear_file(self, path: Path, tell: Tell = _untold) -> Measurement:
        """Decodes and hears a file of the folders that intake allows. Raises Refused, IntakeError, OSError, ValueError."""
        async with self._turn:
            tell(0.05, "decoding")
            try:
                await self._intake.prepare(path, self._scratch)
                tell(0.4, "listening")
                try:
                    measured = await asyncio.to_thread(self._ears.listen_to, self._scratch)
                except NothingToHear as error:
                    raise Refused(str(error)) from error
            finally:
                self._scratch.unlink(missing_ok=True)
        tell(0.95, "writing it down")
        return measured

    async def hear_track(self, track: Track, tell: Tell = _untold) -> Heard:
        """Has a track heard, and tells the catalogue; beats that its maker knows stay. Raises Refused, IntakeError, OSError, ValueError."""
        measured = await self.hear_file(Path(track.path), tell)
        if measured.heard is None:
            raise ValueError("these ears measure, and do not hear")
        heard = measured.heard.knowing_beats(await asyncio.to_thread(self._shelf.heard, track.id))
        await asyncio.to_thread(self._shelf.remember, track.id, heard)
        return heard

    async def _catch_up(self, track: Track, waiting: int) -> None:
        try:
            await self.hear_track(track)
        except (Refused, IntakeError, OSError, ValueError) as error:
            self._given_up.add(track.id)
            _log.warning("listening: a track could not be heard; it airs as it was measured", track=track.id, error=str(error))
        else:
            _log.info("listening: heard", track=track.id, title=track.title, waiting=waiting)

    def _is_overdue(self, track: Track) -> bool:
        if track.id in self._given_up or self._shelf.is_refused(track):
            return False
        if track.hearing is None or track.hearing.features_model != self._ears.features_model:
            return True
        if not self._ears.makes_fingerprints:
            return False
        if track.id not in self._sought:
            heard = self._shelf.heard(track.id)
            if heard is None or not heard.sought:
                return True
            self._sought.add(track.id)
        return False
