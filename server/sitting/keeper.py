"""The keeper: about once a second, off the tick, writes down what must survive and reads what others have written.

State, history, catalogue and the log of faults: all that blocks on a disk, in a thread of its own, so that the engine's event loop
stays free. A disk that fails is counted; the air does not depend on it.
"""

import asyncio
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from dsp.block import BLOCK_FRAMES, frames_of, seconds_of
from server.clock import Clock, round_up
from server.console.console import KeptSetting
from server.programme.faults import Faults
from server.programme.programme import Situation
from server.programme.turns import PROGRAMME
from server.rundown.history import History
from server.rundown.rundown import Rundown
from server.sitting.sitting import VERSION, SittingPlan, StationState
from server.sitting.state_file import StateFile
from server.track import Reason

_PAUSE_SECONDS: Final = 1.0
_log = structlog.get_logger(__name__)


class OnAir(Protocol):
    """What the keeper sees of the programme."""

    position: int
    situation: Situation


class Keeper:
    """Keeps one station's memory."""

    def __init__(
        self,
        *,
        plan: SittingPlan,
        programme: OnAir,
        rundown: Rundown,
        history: History,
        state_file: StateFile,
        faults: Faults,
        clock: Clock,
        refresh: Callable[[], object],
        mastering: Callable[[], KeptSetting | None] = lambda: None,
    ) -> None:
        """`refresh` reads anew what others have written; it may block. `mastering()`: what the console is set to."""
        self.write_errors_total = 0
        self._plan = plan
        self._programme = programme
        self._rundown = rundown
        self._history = history
        self._state_file = state_file
        self._faults = faults
        self._clock = clock
        self._refresh = refresh
        self._mastering = mastering
        self._zero_monotonic = float("inf")

    async def run(self) -> None:
        """Goes on until cancelled."""
        while True:
            await asyncio.to_thread(self.keep)
            await asyncio.sleep(_PAUSE_SECONDS)

    def keep(self, *, clean: bool = False) -> None:
        """Writes and reads once; blocks. `clean`: for the last time, by an engine that ends as it was told to."""
        try:
            self._state_file.save(self.state(clean=clean))
        except OSError as error:
            self.write_errors_total += 1
            if self.write_errors_total == 1:
                _log.error("the station's state cannot be written", error=str(error))
        self._history.flush()
        self._refresh()
        for fault in self._faults.untold():
            _log.error("a part failed at the tick", part=fault.part, exc_info=fault.error)

    def state(self, *, clean: bool = False) -> StationState:
        """The station as it is now."""
        situation = self._programme.situation
        airing = situation.airing
        return StationState(
            version=VERSION,
            epoch=self._plan.epoch.seconds,
            sitting=self._plan.sitting,
            position=self._position_due(),
            stored_at=self._clock.wall(),
            started_position=self._plan.position,
            airing=airing if airing.entry.reason in PROGRAMME else None,
            queue=list(situation.queue.entries),
            vetoes=sorted(situation.vetoes),
            stopped=situation.stopped,
            round_position=self._rundown.round_position,
            short_lives=self._plan.short_lives,
            clean=clean,
            live=airing.entry.reason is Reason.LIVE,
            mastering=self._mastering(),
        )

    def _position_due(self) -> int:
        """Where the clock stands, also while the tick is held up: what it makes up for later must not be aired a second time."""
        now, position = self._clock.monotonic(), self._programme.position
        self._zero_monotonic = min(self._zero_monotonic, now - seconds_of(position))
        return round_up(max(position, frames_of(now - self._zero_monotonic)), BLOCK_FRAMES)
