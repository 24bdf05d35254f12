"""The rundown: which track airs next when nobody asked for one, and by which rules.

Library first (what separation allows; every track airs once before one airs again, and none follows itself), then the studio's takes
(unaired first, oldest first), then of both whatever has waited longest, the rules put aside; then nothing: the bed. Pure but for the
round it remembers: equal catalogue, history, seed and position give an equal choice. It knows no deck and no file.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Final, Protocol

from server.rundown.separation import Aired, Separation, rest_frames
from server.track import Reason, Source, Track

_NEVER: Final = -1


class Tracks(Protocol):
    """What the rundown asks of the catalogue."""

    def tracks(self, source: Source) -> Mapping[str, Track]:
        """All tracks of one source by id."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A track and why it was chosen."""

    track: Track
    reason: Reason
    relaxed: bool
    """The rules of separation were put aside, since nothing else was left."""


class Rundown:
    """The choice of one station."""

    def __init__(self, tracks: Tracks, separation: Separation, station: str, seed: int, round_position: int = 0) -> None:
        self.round_position = round_position
        """Where the library's present round began: what has aired since waits for the others. Kept over restarts."""
        self._tracks = tracks
        self._separation = separation
        self._station = station
        self._seed = seed

    def choose(self, at: int, aired: Aired, barred: Callable[[Track], bool]) -> Choice | None:
        """What should air at position `at`, after all that `aired` knows of; never what is `barred`. None: nothing may air."""
        library = self._candidates(Source.LIBRARY, barred)
        takes = self._candidates(Source.STUDIO, barred)
        random = Random(f"{self._seed}/{self._station}/{at}")
        return (
            self._from_library(library, at, aired, random)
            or self._from_studio(takes, at, aired)
            or _least_recent(library + takes, aired, relaxed=True)
        )

    def allows(self, track: Track, at: int, aired: Aired) -> bool:
        """Separation lets `track` air at position `at`."""
        return rest_frames(self._separation, aired, track, at) <= 0

    def _candidates(self, source: Source, barred: Callable[[Track], bool]) -> list[Track]:
        return [track for track in self._tracks.tracks(source).values() if track.station in ("", self._station) and not barred(track)]

    def _from_library(self, library: list[Track], at: int, aired: Aired, random: Random) -> Choice | None:
        last = max(aired.tracks, key=aired.tracks.__getitem__, default=None)
        allowed = [track for track in library if track.id != last and self.allows(track, at, aired)]
        if not allowed:
            return None
        if all(aired.tracks.get(track.id, _NEVER) > self.round_position for track in library):
            self.round_position = at
        waiting = [track for track in allowed if aired.tracks.get(track.id, _NEVER) <= self.round_position]
        return Choice(random.choice(_oldest_third(waiting or allowed, aired)), Reason.LIBRARY, relaxed=False)

    def _from_studio(self, takes: list[Track], at: int, aired: Aired) -> Choice | None:
        unaired = [take for take in takes if take.id not in aired.tracks]
        if unaired:
            return Choice(min(unaired, key=lambda take: (take.made_at, take.id)), Reason.STUDIO, relaxed=False)
        return _least_recent([take for take in takes if self.allows(take, at, aired)], aired, relaxed=False)


def _oldest_third(tracks: list[Track], aired: Aired) -> list[Track]:
    """Those that have waited longest, with all their equals: among a few of them chance may choose without being unfair."""
    ends = sorted(aired.tracks.get(track.id, _NEVER) for track in tracks)
    latest = ends[(len(ends) - 1) // 3]
    return sorted((track for track in tracks if aired.tracks.get(track.id, _NEVER) <= latest), key=lambda track: track.id)


def _least_recent(tracks: Iterable[Track], aired: Aired, *, relaxed: bool) -> Choice | None:
    oldest = min(tracks, key=lambda track: (aired.tracks.get(track.id, _NEVER), track.id), default=None)
    return None if oldest is None else Choice(oldest, Reason(oldest.source.value), relaxed)
