"""The JSON event of the beat: where the beats of what airs lie on the station's clock, so that a page can move with them.

Nothing is sent beat by beat. A grid is a line: from one position and the length of a beat a page computes the phase for whatever
position its listener hears. Only a grid that the ears trust is told.
"""

from typing import Final

from msgspec import Struct

from server.segue_plan import SharedBeat
from server.track import Airing

TRUSTED: Final = 0.5
"""The least confidence of a grid, as for a mix on the beat."""


class Glide(Struct, frozen=True):
    """The beat of the segue by which the turn began.

    At frame t of it `t / a + (1 / b - 1 / a) * t * t / (2 * frames)` beats have passed.
    """

    frames: int
    from_beat_frames: float
    """a."""
    to_beat_frames: float
    """b."""


class Beat(Struct, frozen=True, tag_field="event", tag="beat"):
    """At every change of what airs, if it has a steady beat."""

    position: int
    """Where the turn begins that this is about."""
    entry_id: str
    bpm: float
    beat_frames: float
    one_position: float
    """Of the first beat of some bar; the others lie `beats_a_bar * beat_frames` apart before and behind it."""
    beats_a_bar: int
    glide: Glide | None
    """What holds instead for so many frames from `position` on, which is the first beat of a bar."""


def beat_of(airing: Airing) -> Beat | None:
    """The beat of what airs; None if it has none that is certain."""
    track = airing.entry.track
    grid = track.hearing.grid if track.hearing else None
    if grid is None or grid.confidence < TRUSTED:
        return None
    begin = airing.started_position - airing.offset_frames - track.cue_in_frames
    shared = airing.segue.beat if airing.segue else None
    return Beat(
        position=airing.started_position,
        entry_id=airing.entry.id,
        bpm=round(grid.bpm, 3),
        beat_frames=round(grid.beat_frames, 3),
        one_position=round(begin + grid.beat_at(grid.downbeat), 1),
        beats_a_bar=grid.beats_a_bar,
        glide=_glide(shared, airing.segue.overlap_frames) if shared and airing.segue else None,
    )


def _glide(beat: SharedBeat, frames: int) -> Glide:
    return Glide(frames, round(beat.from_beat_frames, 3), round(beat.to_beat_frames, 3))
