"""When a packet goes out: as regularly as its sound was made, though packets come in batches.

Encoder and wire gather, so packets arrive four at a time, up to a tenth of a second late; a listener's jitter buffer would grow by
that. Each packet waits until a constant delay behind its position has passed. The delay is the least at which every batch of the last
seconds would have been in time: it grows at once when one comes late, and shrinks so slowly that nobody hears it. It knows no timer:
time is an argument, and monotonic.
"""

from collections import deque
from typing import Final

from dsp.block import SAMPLE_RATE

MEMORY_SECONDS: Final = 10.0
MARGIN_SECONDS: Final = 0.004
WIDEST_SECONDS: Final = 0.3
"""What is later than the earliest by more than this is not waited for: the emergency loop's beginning, a front that stood still."""
SHRINKING: Final = 0.01
"""Seconds a second by which the delay shrinks."""
FORGET_SECONDS: Final = 1.0
"""If everything comes too late for so long, the station's clock has moved, and its delay is learnt anew."""


class Pacing:
    """The delay between the station's clock and what is sent."""

    def __init__(self) -> None:
        self._arrivals: deque[tuple[float, float]] = deque()
        """(when, by how much behind position 0 of a clock that ran with it)"""
        self._delay: float | None = None
        self._too_late_since: float | None = None

    def arrived(self, position: int, now: float) -> None:
        """A batch whose first packet lies at `position` came at `now`."""
        delay = now - position / SAMPLE_RATE
        if self._forgets(delay, now):
            self._arrivals.clear()
            self._delay = None
        before = self._arrivals[-1][0] if self._arrivals else now
        self._arrivals.append((now, delay))
        while self._arrivals[0][0] < now - MEMORY_SECONDS:
            self._arrivals.popleft()
        least = min(known for _, known in self._arrivals)
        wanted = max(known for _, known in self._arrivals if known <= least + WIDEST_SECONDS) + MARGIN_SECONDS
        if self._delay is None or not wanted <= self._delay <= least + WIDEST_SECONDS + MARGIN_SECONDS:
            self._delay = wanted
        else:
            self._delay = max(wanted, self._delay - SHRINKING * (now - before))

    def due(self, position: int) -> float:
        """When the packet at `position` goes out. For positions of which something has arrived."""
        assert self._delay is not None
        return position / SAMPLE_RATE + self._delay

    def _forgets(self, delay: float, now: float) -> bool:
        """Whether what was learnt holds no more."""
        if not self._arrivals or delay <= min(known for _, known in self._arrivals) + WIDEST_SECONDS:
            self._too_late_since = None
            return False
        if self._too_late_since is None:
            self._too_late_since = now
        if now - self._too_late_since < FORGET_SECONDS:
            return False
        self._too_late_since = None
        return True
