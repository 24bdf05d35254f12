"""The conductor: the thread that ticks. One moment each 20 ms, on the monotonic clock, to every sink.

Held up for up to a second it makes up for it at once; held up for longer it leaves out whole parts and goes on in time, because a
listener's player bears a hole better than a station that lags for ever. What is left out is counted; sinks see it by the position.
Nothing a sink or the programme does ends the thread: the air stops only when the engine is told to stop.
"""

import os
import threading
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Protocol

from dsp.block import BLOCK_FRAMES, SAMPLE_RATE, frames_of, seconds_of
from server.air import Moment, Sink
from server.clock import PART_FRAMES, Clock, round_up
from server.programme.faults import Faults

MOST_LAG_SECONDS: Final = 1.0
MOST_BEHIND_SECONDS: Final = 7.0
"""At the start, where nobody has heard anything yet. The encoders' queue holds eight."""
LATE_SECONDS: Final = seconds_of(BLOCK_FRAMES)
_PRIORITY: Final = -11
_JOIN_SECONDS: Final = 5.0


class Score(Protocol):
    """What is conducted: the programme."""

    position: int

    def tick(self) -> Moment:
        """The next moment."""

    def late(self) -> None:
        """The tick that follows is late."""

    def jump(self, position: int) -> None:
        """The clock goes on at `position`."""


class Conductor:
    """Ticks a programme in time."""

    def __init__(self, programme: Score, sinks: Sequence[Sink], clock: Clock, faults: Faults, due_at: float | None = None) -> None:
        """The first block is due at `due_at` (UNIX seconds; default: now). If that is past, it is made up for at once."""
        self._programme = programme
        self._sinks = tuple(sinks)
        self._clock = clock
        self._faults = faults
        self._position_at_start = programme.position
        behind_seconds = 0.0 if due_at is None else clock.wall() - due_at
        self._started = clock.monotonic() - behind_seconds
        self._catching_up = 0 < behind_seconds <= MOST_BEHIND_SECONDS
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="conductor", daemon=True)

    def start(self) -> None:
        """Goes on air. The first block is due now."""
        self._thread.start()

    def stop(self) -> None:
        """Goes off air after the moment under way; returns when the thread has ended."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(_JOIN_SECONDS)

    @property
    def on_air(self) -> bool:
        """The thread lives and was not told to stop."""
        return self._thread.is_alive() and not self._stopping.is_set()

    def step(self) -> Moment | None:
        """Waits for the next block to be due and makes it: all that the thread does, for those who have a clock of their own."""
        due = self._due(self._programme.position)
        self._clock.sleep_until(due)
        lag = self._clock.monotonic() - due
        if self._catching_up:
            self._catching_up = lag > LATE_SECONDS
        elif lag > MOST_LAG_SECONDS:
            self._programme.jump(round_up(self._programme.position + frames_of(lag), PART_FRAMES))
            self._clock.sleep_until(self._due(self._programme.position))
        elif lag > LATE_SECONDS:
            self._programme.late()
        moment = self._programme.tick()
        for sink in self._sinks:
            self._faults.shield(f"sink {type(sink).__name__}", lambda sink=sink: sink.take(moment))  # type: ignore[misc]
        return moment

    def _due(self, position: int) -> float:
        """The monotonic time at which the block at `position` begins."""
        return self._started + (position - self._position_at_start) / SAMPLE_RATE

    def _run(self) -> None:
        with suppress(OSError):  # permitted to few; on Linux it holds for this thread alone
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _PRIORITY)
        while not self._stopping.is_set():
            self._faults.shield("tick", self.step)
