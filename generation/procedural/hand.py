"""The hand of a player: nobody plays exactly on time or twice as hard as the time before."""

from typing import Final

import numpy as np

from dsp.block import SAMPLE_RATE
from generation.procedural.grid import Grid

LATEST_SECONDS: Final = 0.004
"""No stroke is further from its step."""


class Hand:
    """Places strokes on a grid, nearly."""

    def __init__(self, grid: Grid, rng: np.random.Generator, sigma_seconds: float) -> None:
        self._grid = grid
        self._rng = rng
        self._sigma = sigma_seconds

    def frame(self, bar: int, step: float) -> int:
        """A frame near `step` of `bar`, never before the first."""
        late = float(np.clip(self._rng.normal(0.0, self._sigma), -LATEST_SECONDS, LATEST_SECONDS)) if self._sigma else 0.0
        return max(0, self._grid.frame_of(bar, step) + round(late * SAMPLE_RATE))

    def exact(self, bar: int, step: float) -> int:
        """The frame of `step` itself, for what is the clock to the others."""
        return self._grid.frame_of(bar, step)

    def velocity(self, meant: float) -> float:
        """Within 12 % of what was meant, at most 1."""
        return min(1.0, meant * self._rng.uniform(0.88, 1.06))

    def frames(self, steps: float) -> int:
        """The length of so many steps."""
        return round(steps * self._grid.step_frames)
