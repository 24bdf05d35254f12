"""What a backend made of a brief: a Take. The sound and all that is known of it; where it is kept is not its business."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.block import Samples, seconds_of
from generation.brief import Brief
from generation.licence import OURS, Licence


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a take between two changes of its form."""

    name: str
    """intro, build, drop, break, build2, drop2, outro."""
    start_frame: int
    frames: int
    bars: int


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """A finished track."""

    samples: Samples
    """float32 [2, frames] at 48 kHz, mastered."""
    brief: Brief
    title: str
    artist: str
    bpm: float
    key: str
    """Like "A minor"."""
    sections: tuple[Section, ...]
    """In order; the tail after the last one belongs to none."""
    provenance: dict[str, str]
    """How it came to be: backend, revision and seed at least."""
    licence: Licence = OURS
    scores: Mapping[str, float] = field(default_factory=dict)
    """What the critic heard, each component by its name, and `score`, 0 to 100; empty until he has heard it."""
    vector: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """What it sounds like, as the critic has it (generation/critic/likeness.py); empty until then."""

    @property
    def id(self) -> str:
        """The brief's."""
        return self.brief.id

    @property
    def seconds(self) -> float:
        """The length of the sound."""
        return seconds_of(self.samples.shape[1])
