"""When to try again: at once, then every second for ten seconds, then ever more rarely, for ever. Time is an argument.

Most losses are short (an ingest restarts, a line blinks), so the first tries come quickly; the jitter keeps the stations of the world
from coming back all at once.
"""

from collections.abc import Callable
from typing import Final

EAGER_SECONDS: Final = 10.0
EAGER_PAUSE_SECONDS: Final = 1.0
FIRST_PAUSE_SECONDS: Final = 2.0
LONGEST_PAUSE_SECONDS: Final = 30.0
JITTER: Final = 0.2
SETTLED_SECONDS: Final = 10.0
"""A session that lived this long was a good one: what ends it is a new trouble."""


class Retry:
    """One target's patience."""

    def __init__(self, chance: Callable[[], float]) -> None:
        """`chance`: a number from 0 to 1, another one each time."""
        self._chance = chance
        self._trouble_since: float | None = None
        self._rare = 0

    def pause_after(self, now: float, lived_seconds: float) -> float:
        """Seconds to wait after a session or a try that has just ended; `lived_seconds`: how long it was live."""
        if self._trouble_since is None or lived_seconds >= SETTLED_SECONDS:
            self._trouble_since, self._rare = now, 0
            return 0.0
        if now - self._trouble_since < EAGER_SECONDS:
            return EAGER_PAUSE_SECONDS
        pause = min(LONGEST_PAUSE_SECONDS, FIRST_PAUSE_SECONDS * 2.0**self._rare)
        self._rare = min(self._rare + 1, 10)
        return pause * (1.0 + JITTER * (2.0 * self._chance() - 1.0))
