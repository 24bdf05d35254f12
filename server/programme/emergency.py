"""The emergency loop on air: the last step of the chain. It is made before the engine starts and needs nothing that can fail.

It goes out as it is, past playout and mastering, since one of these may be what failed, and lies on the station's clock, so that it
goes on in step where a front has sent it already. A turn lasts one round of the loop, and twice
as long each time the programme fails again soon after: what is broken for good must not bring dead air every quarter of a minute.
"""

from typing import Final

import numpy as np

from dsp.block import SAMPLE_RATE, Samples
from server.programme.deck import Loop

_SPLICE_FRAMES: Final = 480
_RECOVERED_FRAMES: Final = 120 * SAMPLE_RATE
_LONGEST_FRAMES: Final = 600 * SAMPLE_RATE


class Emergency:
    """The loop and its turns."""

    def __init__(self, loop: Loop) -> None:
        self.loop = loop
        self.turns_total = 0
        self.over = False
        """A turn has ended and the programme has not come back yet."""
        self._left = 0
        self._last_turn = 0
        self._well = 0

    @property
    def on_air(self) -> bool:
        """A turn is under way."""
        return self._left > 0

    def begin(self) -> None:
        """Starts a turn."""
        again = self._last_turn > 0 and self._well < _RECOVERED_FRAMES
        self._last_turn = min(2 * self._last_turn, _LONGEST_FRAMES) if again else self.loop.frames
        self._left = self._last_turn
        self.over = False
        self.turns_total += 1

    def read(self, position: int, frames: int, last: Samples) -> Samples:
        """The turn at `position`, float32 [2, frames]; it begins without a click after `last`, float32 [2], the last frame aired."""
        block = self.loop.heard_at(position, frames)
        if self._left == self._last_turn:
            rise = np.linspace(0.0, 1.0, _SPLICE_FRAMES, dtype=np.float32)
            block[:, :_SPLICE_FRAMES] *= rise
            block[:, :_SPLICE_FRAMES] += last[:, None] * (1 - rise)
        self._left -= frames
        self._well = 0
        self.over = self._left <= 0
        return block

    def give_way(self, position: int, block: Samples) -> Samples:
        """The programme's first block after a turn, with the loop fading out under it."""
        fall = np.linspace(1.0, 0.0, _SPLICE_FRAMES, dtype=np.float32)
        mixed = block.copy()
        mixed[:, :_SPLICE_FRAMES] = block[:, :_SPLICE_FRAMES] * (1 - fall) + self.loop.heard_at(position, _SPLICE_FRAMES) * fall
        self.over = False
        return mixed

    def rest(self, frames: int) -> None:
        """The programme is well for another `frames`."""
        self._well += frames
