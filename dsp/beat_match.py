"""Beat match: where one track may be laid over another so that their beats fall together, and how fast both then go.

Pure arithmetic over what the ears have heard. It is refused, with the reason, unless both grids are trusted, the tempi lie within
three percent of one another (one of them doubled or halved if need be), and the keys are neighbours on the Camelot wheel. DJs do it
so: they hardly change a tempo, never fight a key, and go by the phrase.
"""

from dataclasses import dataclass
from math import ceil, floor, sqrt
from typing import Final

from dsp.block import frames_of, seconds_of
from dsp.hearing import BeatGrid, Cues, Hearing, Key
from dsp.stretch import MOST, TURNTABLE

TRUSTED: Final = 0.5
"""The least confidence of a grid."""
PHRASE_BARS: Final = 8
LENGTHS_BARS: Final = (16, 8)
"""Of the overlap; the first one that fits."""
LONGEST_FRAMES: Final = frames_of(33.0)
SAME: Final = 5e-4
"""A change of speed that is not worth a word."""
FARTHEST: Final = 1
"""On the Camelot wheel."""
_EARLY_FRAMES: Final = frames_of(0.03)
"""A first beat may lie this much before the cue: cues are found in steps of 10 ms, on the sound and not on the pulse."""
_HOURS: Final = 12


class Unmatched(Exception):
    """The two can not be mixed on the beat; the message says why."""


@dataclass(frozen=True, slots=True)
class BeatMatch:
    """An overlap on the beat. Places are frames of the tracks, from their first."""

    bars: int
    """Of the track that leaves."""
    beats: int
    leaving_begin: int
    """Where the overlap begins in the track that leaves: on the first beat of a phrase."""
    coming_begin: float
    """What of the coming track meets it: the first beat of a bar."""
    coming_end: int
    """Where the coming track goes on untouched behind the overlap."""
    frames: int
    """The length of the overlap."""
    from_beat_frames: float
    """How long a beat of the overlap lasts at its begin: as long as in the track that leaves."""
    to_beat_frames: float
    """And at its end. In between the tempo goes evenly from one to the other."""
    leaving_speed: float
    """How fast the leaving track goes at the end; it begins as it was made."""
    coming_speed: float
    """How fast the coming track goes at the begin."""
    glides: bool
    """Both are read as from a turntable, their tempo gliding; else the leaving one keeps its tempo and the coming one is stretched."""

    def frame_of_beat(self, number: float) -> float:
        """Where in the overlap beat `number` lies, 0 being its first; the tempo goes evenly from one end to the other."""
        pace, gain = 1 / self.from_beat_frames, (1 / self.to_beat_frames - 1 / self.from_beat_frames) / self.frames
        return 2 * number / (pace + sqrt(pace * pace + 2 * gain * number))


def match_beats(leaving: Hearing, leaving_cues: Cues, coming: Hearing, coming_cues: Cues) -> BeatMatch:
    """The longest overlap on the beat at the end of `leaving`. Raises Unmatched."""
    ours, theirs = _trusted(leaving.grid, "leaving"), _trusted(coming.grid, "coming")
    if ours.beats_a_bar != theirs.beats_a_bar:
        raise Unmatched(f"one counts {ours.beats_a_bar}, the other {theirs.beats_a_bar}")
    times = _times(ours.bpm, theirs.bpm)
    beat_frames = theirs.beat_frames * times
    change = beat_frames / ours.beat_frames - 1.0
    if abs(change) > MOST:
        raise Unmatched(f"the tempi {ours.bpm:.1f} and {theirs.bpm:.1f} BPM lie {abs(change):.0%} apart")
    if wheel_distance(leaving.key, coming.key) > FARTHEST:
        raise Unmatched(f"the keys {leaving.key.camelot} and {coming.key.camelot} do not go together")
    glides = abs(change) <= TURNTABLE
    for bars in LENGTHS_BARS:
        match = _laid(ours, leaving_cues, theirs, coming_cues, bars, beat_frames, glides)
        if match is not None:
            return match
    raise Unmatched("there is no room for eight bars of both")


def wheel_distance(one: Key, other: Key) -> int:
    """Steps between two keys on the Camelot wheel: 0 the same, 1 a neighbour or the relative minor or major."""
    hours = abs(int(one.camelot[:-1]) - int(other.camelot[:-1]))
    return min(hours, _HOURS - hours) + (one.minor != other.minor)


def _trusted(grid: BeatGrid | None, which: str) -> BeatGrid:
    if grid is None:
        raise Unmatched(f"the {which} track has no steady beat")
    if grid.confidence < TRUSTED:
        raise Unmatched(f"the beat of the {which} track is not certain ({grid.confidence:.2f})")
    return grid


def _times(ours: float, theirs: float) -> float:
    """How many beats of theirs go to one of ours: 1, 2 or a half, whichever brings them closest."""
    return min((1.0, 2.0, 0.5), key=lambda times: abs(ours * times / theirs - 1.0))


def _laid(
    ours: BeatGrid, leaving: Cues, theirs: BeatGrid, coming: Cues, bars: int, coming_beat_frames: float, glides: bool
) -> BeatMatch | None:
    """The overlap of that many bars, or None if there is no room for it."""
    beats = bars * ours.beats_a_bar
    end_beat_frames = coming_beat_frames if glides else ours.beat_frames
    frames = round(2 * beats / (1 / ours.beat_frames + 1 / end_beat_frames))
    begin = _last_phrase(ours, leaving, bars)
    first = _first_bar(theirs, coming)
    end = round(first + beats * coming_beat_frames)
    roomy = begin - frames >= leaving.cue_in_frames and end + frames <= coming.start_next_frames
    if frames > LONGEST_FRAMES or not roomy:
        return None
    return BeatMatch(
        bars=bars,
        beats=beats,
        leaving_begin=begin,
        coming_begin=end - beats * coming_beat_frames,
        coming_end=end,
        frames=frames,
        from_beat_frames=ours.beat_frames,
        to_beat_frames=end_beat_frames,
        leaving_speed=ours.beat_frames / end_beat_frames,
        coming_speed=coming_beat_frames / ours.beat_frames,
        glides=glides,
    )


def _last_phrase(grid: BeatGrid, cues: Cues, bars: int) -> int:
    """The frame from which `bars` bars lead to the last phrase that ends before the music does; negative if there is none.

    Phrases are counted from the track's first bar.
    """
    phrase = PHRASE_BARS * grid.beats_a_bar
    first = _bar_from(grid, cues.cue_in_frames - _EARLY_FRAMES)
    music_ends = min(cues.cue_out_frames, cues.start_next_frames + round(grid.beat_frames / 2))
    phrases = floor((music_ends - grid.beat_at(first)) / (phrase * grid.beat_frames))
    return round(grid.beat_at(first + phrases * phrase - bars * grid.beats_a_bar))


def _first_bar(grid: BeatGrid, cues: Cues) -> float:
    """The first beat of the first bar that is heard."""
    return grid.beat_at(_bar_from(grid, cues.cue_in_frames - _EARLY_FRAMES))


def _bar_from(grid: BeatGrid, frame: int) -> int:
    """The number of the first beat of a bar at or after `frame`."""
    number = ceil((frame - grid.first_beat_frames) / grid.beat_frames)
    return number + (grid.downbeat - number) % grid.beats_a_bar


def described(match: BeatMatch) -> str:
    """In plain words."""
    change = match.coming_speed - 1.0
    moved = "faster" if change > 0 else "slower"
    speed = "as fast as it is" if abs(change) < SAME else f"{abs(change):.1%} {moved} at first"
    return f"on the beat over {match.bars} bars ({seconds_of(match.frames):.0f} s), the new track {speed}"
