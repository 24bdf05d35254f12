"""The catalogue: every track that may air, one sidecar each, and every file that may not, with the reason.

The folder is shared by workers, who write, and engines, who read and refuse what fails: `library/`, `studio/` and `refused/`, and
beside them `heard/`, what the ears have said of each content, from which a sidecar that knows nothing of it is filled in.
`refresh` is how one learns of the others' writing; it blocks on the disk and is called off the tick. Look-ups read published
snapshots, so any thread may make them at any time.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Final

from msgspec import Struct

from server.catalogue.heard import Heard, HeardFolder
from server.catalogue.sidecars import Sidecars
from server.track import Source, Track

SCORES: Final = "scores"
"""In a take's provenance: everything that the critic found, as `name=value` with spaces between."""


class Refusal(Struct, frozen=True):
    """A file that may not air. A worker asks again only when its size or mtime changed."""

    path: str
    size: int
    mtime: float
    reason: str


class Catalogue:
    """The tracks and refusals of one folder."""

    def __init__(self, folder: Path, *, for_airing: bool = False) -> None:
        """Reads what is there. `for_airing`: without what only the office wants of a track, for those who read it and write none."""
        lighten = _as_aired if for_airing else _as_it_is
        self._shelves = {
            source: Sidecars(folder / source.value, Track, _check_track, lighten) for source in (Source.LIBRARY, Source.STUDIO)
        }
        self._heard = HeardFolder(folder / "heard")
        self._refused = Sidecars(folder / "refused", Refusal, _check_refusal)
        self.refresh()

    def refresh(self) -> bool:
        """Takes in what others wrote; True if anything changed. Costs a few `stat` calls when nothing did."""
        changed = [sidecars.refresh() for sidecars in self._shelves.values()]
        return self._refused.refresh() or any(changed)

    def track(self, track_id: str) -> Track | None:
        """The track of that id."""
        for shelf in self._shelves.values():
            if (track := shelf.values.get(track_id)) is not None:
                return track
        return None

    def airable(self, track_id: str) -> Track | None:
        """The same, unless its file is refused."""
        track = self.track(track_id)
        return None if track is None or self.is_refused(track) else track

    def tracks(self, source: Source) -> Mapping[str, Track]:
        """All tracks of one source by id: a snapshot."""
        shelf = self._shelves.get(source)
        return shelf.values if shelf else {}

    def put(self, track: Track) -> None:
        """Takes a track in, or anew; a refusal of its file is lifted. It gets what the ears have said of its content, if they have.

        Raises OSError, ValueError for a source that has no shelf.
        """
        if track.source not in self._shelves:
            raise ValueError(f"the catalogue keeps no {track.source.value}")
        _check_track(track.id, track)
        if (heard := self._heard.get(track.id)) is not None:
            track = replace(track, hearing=heard.hearing)
        self._shelves[track.source].put(track.id, track)
        self.lift(track.path)

    def heard(self, track_id: str) -> Heard | None:
        """What the ears have said of that content, track or not. Blocks on the disk."""
        return self._heard.get(track_id)

    def remember(self, track_id: str, heard: Heard) -> None:
        """Keeps what the ears say of a content, and tells its track, if it is one. Raises OSError."""
        self._heard.put(track_id, heard)
        self.refresh()
        for shelf in self._shelves.values():
            if (track := shelf.values.get(track_id)) is not None and track.hearing != heard.hearing:
                shelf.put(track_id, replace(track, hearing=heard.hearing))

    def forget_unneeded(self, now: float) -> int:
        """Forgets what was heard of contents that have not been tracks for a month; how many. `now` in UNIX seconds. Raises OSError."""
        return self._heard.sweep(frozenset(track_id for shelf in self._shelves.values() for track_id in shelf.values), now)

    def remove(self, track_id: str) -> None:
        """Takes a track out, if it is there. Raises OSError."""
        for shelf in self._shelves.values():
            if track_id in shelf.values:
                shelf.remove(track_id)

    def refuse(self, path: str | Path, reason: str) -> None:
        """Bars a file until its track is put anew. Raises OSError if that cannot be written."""
        try:
            stat = Path(path).stat()
            refusal = Refusal(str(path), stat.st_size, stat.st_mtime, reason)
        except OSError:
            refusal = Refusal(str(path), 0, 0.0, reason)
        self._refused.put(_key(path), refusal)

    def lift(self, path: str | Path) -> None:
        """Takes a refusal back, if there is one. Raises OSError."""
        if _key(path) in self._refused.values:
            self._refused.remove(_key(path))

    def refusal(self, path: str | Path) -> Refusal | None:
        """Why that file may not air, or None."""
        return self._refused.values.get(_key(path))

    def is_refused(self, track: Track) -> bool:
        """Its file may not air."""
        return bool(self._refused.values) and self.refusal(track.path) is not None

    def refusals(self) -> Iterable[Refusal]:
        """All files that may not air."""
        return self._refused.values.values()

    @property
    def broken_total(self) -> int:
        """Sidecars that could not be read since the start."""
        return self._refused.broken_total + sum(shelf.broken_total for shelf in self._shelves.values())


def _key(path: str | Path) -> str:
    return sha256(str(path).encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _check_track(stem: str, track: Track) -> None:
    if track.id != stem:
        raise ValueError(f"the sidecar {stem} holds the track {track.id}")
    if not 0 <= track.cue_in_frames <= track.start_next_frames <= track.cue_out_frames <= track.frames:
        raise ValueError("the cue points are out of order")
    if track.cue_in_frames == track.cue_out_frames:
        raise ValueError("the cue range is empty")
    if not (math.isfinite(track.loudness_lufs) and math.isfinite(track.true_peak_dbtp)):
        raise ValueError("the loudness is no number")


def _as_it_is(track: Track) -> Track:
    return track


def _as_aired(track: Track) -> Track:
    """Without what finds its like and what the critic found: an engine would carry it through every list and into its history."""
    if SCORES in track.provenance:
        track = replace(track, provenance={name: told for name, told in track.provenance.items() if name != SCORES})
    hearing = track.hearing
    if hearing is None:
        return track
    return replace(track, hearing=replace(hearing, features=(), quality=replace(hearing.quality, measures={})))


def _check_refusal(stem: str, refusal: Refusal) -> None:
    if _key(refusal.path) != stem:
        raise ValueError(f"the refusal {stem} is of another path: {refusal.path}")
