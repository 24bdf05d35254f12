"""Separation: how long an artist or a title rests before it may air again. Pure rules over positions.

A rest runs from the end of one airing to the start of the next. The studio signs all its takes with a few names, so only titles
rest there; a track without an artist rests by its title alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import itemgetter

from dsp.block import frames_of, seconds_of
from server.track import Airing, Source, Track


@dataclass(frozen=True, slots=True)
class Separation:
    """The rests of one station, in seconds."""

    artist_seconds: float = 900.0
    title_seconds: float = 3_600.0


@dataclass(frozen=True, slots=True)
class Violation:
    """An airing that came too early."""

    kind: str
    """artist or title."""
    airing: Airing
    rested_seconds: float


def artist_key(track: Track) -> str:
    """What counts as the same artist; empty if no rest is due."""
    return "" if track.source is Source.STUDIO else _folded(track.artist)


def title_key(track: Track) -> str:
    """What counts as the same title: the title with its artist, so that two songs may share a name."""
    return f"{_folded(track.artist)}\n{_folded(track.title)}"


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


@dataclass(slots=True)
class Aired:
    """Where each track, artist and title was last heard: the position at which its airing ended."""

    tracks: dict[str, int] = field(default_factory=dict)
    artists: dict[str, int] = field(default_factory=dict)
    titles: dict[str, int] = field(default_factory=dict)

    def note(self, track: Track, ends: int) -> None:
        """`track` is on air until `ends`."""
        for latest, key in ((self.tracks, track.id), (self.artists, artist_key(track)), (self.titles, title_key(track))):
            if key:
                latest[key] = max(ends, latest.get(key, ends))

    def followed_by(self, coming: Iterable[tuple[Track, int]]) -> "Aired":
        """A copy in which `coming` (tracks and the positions of their ends) have aired too."""
        copy = Aired(dict(self.tracks), dict(self.artists), dict(self.titles))
        for track, ends in coming:
            copy.note(track, ends)
        return copy

    def shrink(self, most: int) -> None:
        """Keeps the latest `most` of each kind: what was never seen again must not stay for ever."""
        self.tracks, self.artists, self.titles = (_latest(ends, most) for ends in (self.tracks, self.artists, self.titles))


def _latest(ends: dict[str, int], most: int) -> dict[str, int]:
    return dict(sorted(ends.items(), key=itemgetter(1))[-most:]) if len(ends) > most else ends


def rest_frames(separation: Separation, aired: Aired, track: Track, at: int) -> int:
    """How long `track` must still rest at position `at`; 0 if it may air."""
    rests = [0]
    artist = aired.artists.get(artist_key(track))
    if artist is not None:
        rests.append(artist + frames_of(separation.artist_seconds) - at)
    title = aired.titles.get(title_key(track))
    if title is not None:
        rests.append(title + frames_of(separation.title_seconds) - at)
    return max(rests)


def violations(separation: Separation, airings: Sequence[Airing], tolerance_seconds: float = 0.0) -> list[Violation]:
    """What broke the rules in `airings`, oldest first; airings that miss a rest by up to `tolerance_seconds` pass."""
    found: list[Violation] = []
    for kind, key_of, rest_seconds in (
        ("artist", artist_key, separation.artist_seconds),
        ("title", title_key, separation.title_seconds),
    ):
        turns: dict[str, list[Airing]] = {}
        for airing in airings:
            turns.setdefault(key_of(airing.entry.track), []).append(airing)
        turns.pop("", None)
        for turn in turns.values():
            for before, after in pairwise(turn):
                rested = seconds_of(after.started_position - before.ends_position)
                if rested < rest_seconds - tolerance_seconds:
                    found.append(Violation(kind, after, rested))
    return found
