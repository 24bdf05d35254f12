"""How one file of the operator's becomes a track: identified by its content, decoded by intake, measured.

Owns the order of these steps and what a track takes over from its file. It knows neither the folder nor the catalogue. A content that
was taken in before, under whatever name, is not decoded again.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from dsp.cues import NothingToHear
from server.catalogue import annotations
from server.catalogue.heard import Heard
from server.catalogue.measurement import Measurement, measure_prepared
from server.intake.intake import Report
from server.intake.refusal import Refused
from server.intake.tags import Tags, clean, entitled
from server.track import Source, Track


class Intake(Protocol):
    """What is asked of intake (server/intake/intake.py)."""

    async def identify(self, path: Path) -> str:
        """The id of the file's content. Raises Refused, IntakeError."""

    async def prepare(self, path: Path, target: Path) -> Report:
        """Decodes the file into `target`. Raises Refused, IntakeError."""


class Accession:
    """Takes files in, one after the other."""

    def __init__(
        self,
        intake: Intake,
        scratch: Path,
        measure: Callable[[Path], Measurement] = measure_prepared,
        remember: Callable[[str, Heard], None] | None = None,
    ) -> None:
        """`scratch`: the file, ending in .npy, that holds the decoded sound for as long as it is measured. `remember`: is told what was
        heard of a content before its track is, if `measure` hears; raises OSError."""
        self._intake = intake
        self._scratch = scratch
        self._measure = measure
        self._remember = remember

    def tidy(self) -> None:
        """Removes what an earlier process left half done when it was killed. Raises OSError."""
        self._scratch.parent.mkdir(parents=True, exist_ok=True)
        for spool in self._scratch.parent.glob(f".{self._scratch.stem}.*{self._scratch.suffix}"):
            spool.unlink(missing_ok=True)

    async def take(self, path: Path, known: Callable[[str], Track | None], now: float) -> Track:
        """The track in that file; title and artist are empty where its tags are. `known` gives the track of a content taken in before.

        Raises Refused, IntakeError, OSError.
        """
        track_id = await self._intake.identify(path)
        if (before := known(track_id)) is not None:
            return replace(before, path=str(path))
        try:
            report = await self._intake.prepare(path, self._scratch)
            try:
                measured = await asyncio.to_thread(self._measure, self._scratch)
            except NothingToHear as error:
                raise Refused(str(error)) from error
        finally:
            self._scratch.unlink(missing_ok=True)
        if self._remember is not None and measured.heard is not None:
            await asyncio.to_thread(self._remember, track_id, measured.heard)
        return _track(track_id, path, report, measured, now)


def named(track: Track) -> Track:
    """The track as it airs: what its tags leave empty comes from its file's name."""
    tags = entitled(Tags(track.title, track.artist), Path(track.path).stem)
    return replace(track, title=tags.title, artist=tags.artist)


def _track(track_id: str, path: Path, report: Report, measured: Measurement, now: float) -> Track:
    said = annotations.read(report.annotations)
    cues = annotations.obeyed(measured.cues, said, measured.frames)
    return Track(
        id=track_id,
        title=report.tags.title,
        artist=report.tags.artist,
        source=Source.LIBRARY,
        path=str(path),
        frames=measured.frames,
        loudness_lufs=measured.loudness_lufs,
        true_peak_dbtp=measured.true_peak_dbtp,
        cue_in_frames=cues.cue_in_frames,
        start_next_frames=cues.start_next_frames,
        cue_out_frames=cues.cue_out_frames,
        album=report.tags.album,
        genre=report.tags.genre,
        made_at=now,
        provenance={**_form(report), **_annotated(report.annotations)},
    )


def _form(report: Report) -> dict[str, str]:
    return {"container": report.container, "codec": report.codec, "rate": f"{report.sample_rate} Hz, {report.channels} channels"}


def _annotated(tags: Mapping[str, str]) -> dict[str, str]:
    """How its file says that it should air, so that people see where its cues come from."""
    return {name: clean(text) for name, text in tags.items()}
