"""What a player makes of bytes that arrive when they arrive: the model by which a listener is said to have heard a gap.

It plays in real time from the first sound that it gets. When it has nothing left it is silent until more comes. Time is an argument.
"""

from typing import Final

BLINK_SECONDS: Final = 0.02
"""Running dry for less than this is the measuring machine's doing."""


class Player:
    """A buffer filled by the network and emptied by time, both counted in seconds of sound."""

    def __init__(self) -> None:
        self.gaps = 0
        self.silent_seconds = 0.0
        self._lasts_until: float | None = None

    def arrive(self, seconds: float, now: float) -> None:
        """`seconds` of sound have come at `now`."""
        self.wait(now)
        self._lasts_until = max(now, self._lasts_until or now) + seconds

    def wait(self, now: float) -> None:
        """Nothing more has come up to `now`."""
        if self._lasts_until is not None and now - self._lasts_until > BLINK_SECONDS:
            self.gaps += 1
            self.silent_seconds += now - self._lasts_until
            self._lasts_until = now

    def level_seconds(self, now: float) -> float:
        """How much it has left to play."""
        return max(0.0, (self._lasts_until or now) - now)
