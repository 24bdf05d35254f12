"""Time as tests drive it: an event loop's timers on a virtual clock, and moments without a programme."""

import heapq
from collections.abc import Callable
from itertools import count

import numpy as np

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, Samples
from server.air import Levels, Moment
from server.clock import VirtualClock
from tests.server.fake_station import airing, standing


class Timer:
    """A call that may be called off."""

    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        self.callback = None


class VirtualTimers:
    """`call_later` of an event loop whose time passes only by `run_until`."""

    def __init__(self, clock: VirtualClock) -> None:
        self.clock = clock
        self._calls: list[tuple[float, int, Timer]] = []
        self._order = count()

    def call_later(self, delay: float, callback: Callable[[], None], /) -> Timer:
        timer = Timer(callback)
        heapq.heappush(self._calls, (self.clock.monotonic() + delay, next(self._order), timer))
        return timer

    def run_until(self, monotonic: float) -> None:
        """Lets time pass, calling what is due at its time."""
        while self._calls and self._calls[0][0] <= monotonic:
            due, _, timer = heapq.heappop(self._calls)
            self.clock.sleep_until(due)
            if timer.callback is not None:
                timer.callback()
        self.clock.sleep_until(monotonic)

    def stand_still_until(self, monotonic: float) -> None:
        """The whole process is held up: time passes, nothing is called."""
        self.clock.sleep_until(monotonic)


def tone(position: int, frames: int, hertz: float = 440.0) -> Samples:
    """What a station that plays one tone has on air from `position` on. float32 [2, frames]."""
    time = (position % (SAMPLE_RATE * 100) + np.arange(frames)) / SAMPLE_RATE
    return (0.3 * np.stack([np.sin(2 * np.pi * hertz * time), np.sin(3 * np.pi * hertz * time)])).astype(np.float32)


def moment(position: int, sitting: int = 1, block: Samples | None = None) -> Moment:
    """A moment of that station."""
    levels = Levels(-16.0, -16.0, -16.0, -1.0, 0.0)
    sound = tone(position, BLOCK_FRAMES) if block is None else block
    return Moment(position, sitting, sound, (), levels, airing("Tone", 0), (), standing())
