"""The engine's end of one rack: blocks are posted, answers are looked for, and nothing ever waits longer than it was told to.

A block lies in the ring; a byte in a pipe says that it does, and a byte in another that its answer does. A rack that has died is found
by the end of its pipe. Only the ticking thread posts and looks; others read the counts.
"""

import os
import select
from contextlib import suppress

from dsp.block import Samples
from server.insert.ring import PLACES, Ring

_A_BLOCK = b"."


class Line:
    """One rack as the tick knows it."""

    def __init__(self, ring: Ring, posts: int, answers: int) -> None:
        """`posts` is written to, `answers` read from; both belong to this line from now on."""
        self.posted = 0
        self.answered = 0
        self.unfit = ""
        """Why nothing more is expected of this rack; empty while it is well."""
        self._ring = ring
        self._posts = posts
        self._answers = answers
        os.set_blocking(posts, False)
        os.set_blocking(answers, False)

    def post(self, block: Samples) -> int | None:
        """Its number; None if the rack is gone or has enough to do."""
        if self.posted - self.answered >= PLACES:
            self._look()  # nobody waits for an answer while nothing is posted
        if self.unfit or self.posted - self.answered >= PLACES:
            return None
        number = self.posted
        self._ring.there(number)[:] = block
        try:
            os.write(self._posts, _A_BLOCK)
        except OSError:
            self.unfit = "they ended"
            return None
        self.posted += 1
        return number

    def answer(self, number: int, patience_seconds: float) -> Samples | None:
        """What became of the block of that number, float32 [2, 960], valid until seven more were posted; None if it is not there."""
        self._look()
        if self.answered <= number and not self.unfit and patience_seconds > 0:
            select.select([self._answers], [], [], patience_seconds)
            self._look()
        return self._ring.back(number) if number < self.answered else None

    def close(self) -> None:
        """Gives everything back, which also ends a rack that still lives."""
        self.unfit = self.unfit or "they were sent away"
        for descriptor in (self._posts, self._answers):
            with suppress(OSError):
                os.close(descriptor)
        self._posts = self._answers = -1

    def _look(self) -> None:
        try:
            said = os.read(self._answers, 4096)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self.answered += len(said)
        if not said or self.answered > self.posted:
            self.unfit = self.unfit or "they ended"
