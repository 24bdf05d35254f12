"""How old what a replica lacks is. Pure: positions in the primary's log, and when each was seen.

`pg_last_xact_replay_timestamp` alone cannot tell an idle primary from a broken replication; the primary's own log positions can.
"""

from collections import deque
from typing import Final

KEPT: Final = 120
"""Sightings; older ones only ever say "too old"."""


class LogSightings:
    """Where the end of the primary's log was, and when."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque(maxlen=KEPT)

    def saw(self, now_seconds: float, position: int) -> None:
        """The log ended at `position` at that time. Only growth is kept."""
        if not self._seen or position > self._seen[-1][1]:
            self._seen.append((now_seconds, position))

    def lag_seconds(self, now_seconds: float, replayed: int) -> float:
        """The age of the oldest write that a replica which has replayed up to `replayed` may lack; 0 if it has all that is known of.

        Infinite while nothing is known.
        """
        if not self._seen:
            return float("inf")
        return next((now_seconds - when for when, position in self._seen if position > replayed), 0.0)
