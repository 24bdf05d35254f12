"""How fast a source's sound is passed on: as fast as it sounds, however it comes. Time is an argument.

Some programs send a page of a second at a time, some a whole file as fast as it can be read. The first are evened out, the second held
back: what is not read here waits in pipes and sockets, and so with whoever sends. A source whose clock is a little fast is given way.
"""

from typing import Final

LEAD_SECONDS: Final = 0.1
"""How much may be passed on before it is due: a packet of any codec."""
CATCH_UP_SECONDS: Final = 1.0
"""How much may be passed on at once after the line stuttered."""
RATE: Final = 1.001
"""No clock is so fast; the buffer at the engine follows."""


class Pace:
    """Of one source, from its first sound."""

    def __init__(self, now: float) -> None:
        self._due = now
        """When what comes next is due."""

    def passed(self, seconds: float, now: float) -> float:
        """So much sound is passed on: how long to wait before the next, in seconds."""
        self._due = max(self._due, now - CATCH_UP_SECONDS) + seconds / RATE
        return max(0.0, self._due - now - LEAD_SECONDS)
