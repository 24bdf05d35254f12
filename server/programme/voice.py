"""A voice: a source on air and how loud it is let through, moving without a click.

The curves are of equal power (sine up, cosine down), computed block by block: a whole curve of a long segue would cost the tick
milliseconds. A voice that turns round in the middle of a fade goes on from the gain it has. What was prepared has
its fade in itself: such a voice comes at full level, or is heard out.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import Samples
from dsp.segue import falling, rising
from server.programme.deck import Source

RAMP_FRAMES: Final = 480
"""10 ms: the shortest fade, for ends that are meant to be cold."""


class Voice:
    """One source in the sum."""

    def __init__(self, source: Source, fade_frames: int) -> None:
        """Comes in over `fade_frames`; with 0 it is there at once."""
        self.source = source
        self.leaving = False
        self._heard_out = False
        self._gain = 0.0
        self._start_gain = 0.0
        self._fade_frames = 0
        self._faded = 0
        self.come(fade_frames)

    def come(self, frames: int) -> None:
        """Rises to full level over `frames`."""
        self._fade(frames)
        self.leaving = False
        if frames == 0:
            self._gain = 1.0

    def leave(self, frames: int) -> None:
        """Falls silent over `frames`."""
        self._fade(max(1, frames))
        self.leaving = True

    def hear_out(self, frames: int) -> None:
        """Goes on for `frames` as loud as it is, and is gone then."""
        self._fade(frames)
        self.leaving = self._heard_out = True

    @property
    def gone(self) -> bool:
        """Has left and is silent."""
        return self.leaving and self._faded >= self._fade_frames

    @property
    def fading_frames(self) -> int:
        """Until its fade ends."""
        return self._fade_frames - self._faded

    def add_to(self, block: Samples) -> None:
        """Adds the next frames to `block`, float32 [2, frames], in place."""
        frames = block.shape[1]
        sound = self.source.read(frames)
        if self._faded < self._fade_frames:
            sound *= self._envelope(frames)
        elif self.leaving:
            return
        block += sound

    def _fade(self, frames: int) -> None:
        self._heard_out = False
        self._start_gain = self._gain
        self._fade_frames = frames
        self._faded = 0

    def _envelope(self, frames: int) -> NDArray[np.float32]:
        """The gain of each of the next frames, float32 [frames]."""
        if self._heard_out:
            self._faded = min(self._faded + frames, self._fade_frames)
            return np.full(frames, self._gain, np.float32)
        fade = falling if self.leaving else rising
        gains = fade(self._fade_frames, self._faded, frames, self._start_gain)
        self._faded = min(self._faded + frames, self._fade_frames)
        # At the end of a fade the next frame is at its target, not where the last one was.
        self._gain = float(gains[-1]) if self._faded < self._fade_frames else float(not self.leaving)
        return gains
