"""Where bars and steps lie in time. A bar has 16 steps (sixteenths of 4/4); a step may be a fraction."""

from dataclasses import dataclass
from typing import Final

from dsp.block import SAMPLE_RATE

STEPS: Final = 16


@dataclass(frozen=True, slots=True)
class Grid:
    """The time grid of a piece."""

    bpm: float
    swing: float = 0.5
    """Where the second of two steps begins, as a share of both: 0.5 is straight, 0.58 a lazy shuffle."""

    @property
    def step_frames(self) -> float:
        return SAMPLE_RATE * 60.0 / self.bpm / 4.0

    @property
    def bar_frames(self) -> float:
        return self.step_frames * STEPS

    def frame_of(self, bar: int, step: float = 0.0) -> int:
        """The frame at which `step` of `bar` sounds, swung."""
        pair, within = divmod(step, 2.0)
        longer = 2.0 * self.swing
        swung = within * longer if within <= 1.0 else longer + (within - 1.0) * (2.0 - longer)
        return round(bar * self.bar_frames + (2.0 * pair + swung) * self.step_frames)
