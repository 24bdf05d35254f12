"""Dead air, as measured on the last bus: not what a source says of itself, but what goes out."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import Samples, frames_of, seconds_of

DEAD_AIR_DBFS: Final = -60.0
_DEAD: Final = 10 ** (DEAD_AIR_DBFS / 10)
PATIENCE_FRAMES: Final = frames_of(2.0)
"""Music may pause that long."""


def mean_square(block: Samples) -> float:
    """The mean square of a block, float32 [2, frames], over both channels; no number if the block holds what is none."""
    samples = block.ravel()
    return float(np.dot(samples, samples)) / samples.size


def is_dead(mean_square: float) -> bool:
    """That mean square is dead air."""
    return mean_square < _DEAD


@dataclass(slots=True)
class DeadAirWatch:
    """Counts how long the bus has been dead."""

    frames: int = 0
    """Dead air now."""
    total_frames: int = 0
    rescues: int = 0
    """How often the patience has ended in this stretch of dead air."""
    _borne: int = 0

    def hear(self, mean_square: float, frames: int) -> bool:
        """The next `frames` frames of the last bus; True when the patience is over, and then not again for as long."""
        if not is_dead(mean_square):
            self.frames = self._borne = self.rescues = 0
            return False
        self.frames += frames
        self.total_frames += frames
        self._borne += frames
        if self._borne < PATIENCE_FRAMES:
            return False
        self._borne = 0
        self.rescues += 1
        return True

    def bear_anew(self) -> None:
        """Something else airs now: it gets the whole patience."""
        self._borne = 0

    @property
    def seconds(self) -> float:
        """Dead air now."""
        return seconds_of(self.frames)

    @property
    def seconds_total(self) -> float:
        """Dead air in all."""
        return seconds_of(self.total_frames)
