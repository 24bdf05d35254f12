"""What is planned for the change from one track to the next, and why: plain values for whoever shows them.

A plan is made ahead of the segue and may come to nothing: a skip, a DJ or another next track undoes it. So it stands with what is
coming until it has happened, and with the airing that it brought on air afterwards.
"""

from dataclasses import dataclass
from enum import StrEnum


class SegueKind(StrEnum):
    """How one track gives way to the next."""

    GAPLESS = "gapless"
    """The next one follows on the last sample, as on the album."""
    COLD = "cold"
    """The one before ends as it was meant to end; the next one begins there."""
    TAIL = "tail"
    """The next one begins over the tail of the one before, which fades by itself."""
    FADE = "fade"
    """One is faded out while the other is faded in."""
    DUCK = "duck"
    """Somebody speaks, and the music steps back under him."""
    BEATMATCHED = "beat-matched"
    """Both run on one beat for some bars, and the bass changes hands."""


class Curve(StrEnum):
    """Along which gains two sounds pass one another."""

    NONE = "none"
    EQUAL_POWER = "equal power"
    """For sounds that have little in common: the squares of the gains add up to one."""
    LINEAR = "linear"
    """For sounds that have much in common: the gains themselves add up to one."""


@dataclass(frozen=True, slots=True)
class SharedBeat:
    """The beat on which both run during the overlap. Its tempo goes evenly from the first to the second."""

    bars: int
    beats: int
    from_beat_frames: float
    to_beat_frames: float
    coming_speed: float
    """How fast the coming track goes at the begin, 1 being as it was made."""
    stretched: bool
    """The coming track keeps its key meanwhile; else both move by less than a sixth of a semitone."""


@dataclass(frozen=True, slots=True)
class SeguePlan:
    """One planned segue."""

    kind: SegueKind
    why: str
    """In plain words, for the DJ: what is done and for what reason."""
    leaves: str
    """Id of the entry that gives way."""
    enters: str
    """Id of the entry that comes."""
    at_frames: int
    """Where it begins in the track that leaves, from its first frame."""
    overlap_frames: int
    """How long both are heard."""
    curve: Curve = Curve.NONE
    correlation: float = 0.0
    """How much the two have in common where they meet, -1 to 1."""
    beat: SharedBeat | None = None
