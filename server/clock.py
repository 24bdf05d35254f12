"""One sample clock a station: every time stamp of every output is a position on it.

A position is the count of frames since the station's sign-on (its epoch, a UNIX time). Nothing is measured: the wall time of a
position is `epoch + position / 48000`, the MEDIA-SEQUENCE of a segment is `position // SEGMENT_FRAMES`. So all fronts cut equal
segments, and a restart goes on where the wall clock is. Only this file (and back-offs) sleeps; everyone else is told the time.
"""

import time
from dataclasses import dataclass
from typing import Final, Protocol

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE

PART_FRAMES: Final = 15_360
"""A low-latency part: 0.32 s, 16 blocks, 15 AAC frames of 1024."""
SEGMENT_FRAMES: Final = 12 * PART_FRAMES
"""A segment: 3.84 s, 12 parts, 180 AAC frames, 160 MP3 frames of 1152, 192 Opus packets of 960."""


class Clock(Protocol):
    """What the engine asks of time."""

    def wall(self) -> float:
        """UNIX time in seconds; may step."""

    def monotonic(self) -> float:
        """Seconds that never step back."""

    def sleep_until(self, monotonic: float) -> None:
        """Returns at `monotonic`, at once if that is past."""


class SystemClock:
    """The machine's own clocks."""

    def wall(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    def sleep_until(self, monotonic: float) -> None:
        delay = monotonic - time.monotonic()
        if delay > 0:
            time.sleep(delay)


class VirtualClock:
    """Time that passes only when somebody sleeps: simulations and tests run faster than real time on it."""

    def __init__(self, wall: float = 1_800_000_000.0) -> None:
        self._wall_at_start = wall
        self._now = 0.0

    def wall(self) -> float:
        return self._wall_at_start + self._now

    def monotonic(self) -> float:
        return self._now

    def sleep_until(self, monotonic: float) -> None:
        self._now = max(self._now, monotonic)


@dataclass(frozen=True, slots=True)
class Epoch:
    """When a station signed on, in UNIX seconds: the wall time of position 0."""

    seconds: float

    def wall_of(self, position: int) -> float:
        """UNIX seconds at which `position` is on air."""
        return self.seconds + position / SAMPLE_RATE

    def position_at(self, wall: float) -> int:
        """The position on air at UNIX time `wall`; never negative."""
        return max(0, int((wall - self.seconds) * SAMPLE_RATE))


def round_up(position: int, grid: int) -> int:
    """The first multiple of `grid` at or after `position`."""
    return -(-position // grid) * grid


assert PART_FRAMES % BLOCK_FRAMES == 0
