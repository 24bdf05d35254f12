"""What the critic says of one take: a Verdict."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Verdict:
    """He accepts a take if he has no reason not to."""

    faults: Mapping[str, str]
    """Which limits it breaks: the limit's name -> what is wrong, in words."""
    measures: Mapping[str, float]
    """What was measured, by name with its unit."""
    parts: Mapping[str, float]
    """What the score is made of: each part by its name, 0 to 1, after what assessors said as they say it."""
    score: float
    """0 to 100; 0 where nothing could be heard."""
    vector: NDArray[np.float32] = field(default_factory=lambda: np.zeros(0, np.float32))
    """What it sounds like (generation/critic/likeness.py); empty where nothing could be heard."""

    @property
    def accepted(self) -> bool:
        return not self.faults

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why he refuses, in words."""
        return tuple(self.faults.values())

    @property
    def scores(self) -> dict[str, float]:
        """Everything as a take carries it."""
        told = {**self.measures, **self.parts, "score": self.score}
        return {name: round(float(value), 4) for name, value in told.items()}
