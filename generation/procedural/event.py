"""What a writer writes: hits and notes, in frames. A score is all of a track's."""

from dataclasses import dataclass

from generation.procedural.kit import Drum
from generation.procedural.part import Part


@dataclass(frozen=True, slots=True)
class Hit:
    """One stroke of a drum."""

    frame: int
    drum: Drum
    velocity: float
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class Note:
    """One note of a voice."""

    frame: int
    frames: int
    """How long it is held."""
    pitch: int
    velocity: float
    glide_from: int | None = None
    """The pitch from which it slides."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sound between two sections, made for its place."""

    frame: int
    frames: int
    name: str
    """A key of transitions.TRANSITIONS."""
    velocity: float


@dataclass(frozen=True, slots=True)
class Score:
    """All events of a track, each part's in order of time."""

    hits: dict[Part, tuple[Hit, ...]]
    notes: dict[Part, tuple[Note, ...]]
    sweeps: tuple[Sweep, ...]
