"""When a session is replaced by a new one: before the platform would end it, between two tracks if one ends in time.

Time is an argument.
"""

from dataclasses import dataclass
from typing import Final

LAST_PART_SECONDS: Final = 1_800.0
"""How long before its end a session looks for a change of tracks."""
LONGEST_SESSION_SECONDS: Final = 19 * 86_400.0
"""Where the platform has no limit: FLV's clock of milliseconds is 31 bits to some, which is 24 days."""


@dataclass(frozen=True, slots=True)
class Rollover:
    """How old a session may become."""

    longest_seconds: float = LONGEST_SESSION_SECONDS

    @classmethod
    def of(cls, longest_seconds: float | None) -> "Rollover":
        """For a platform's limit, if it has one."""
        return cls(min(longest_seconds or LONGEST_SESSION_SECONDS, LONGEST_SESSION_SECONDS))

    def due(self, age_seconds: float, *, at_change: bool) -> bool:
        """Whether it is time. `at_change`: a track begins just now."""
        return age_seconds >= self.longest_seconds - (LAST_PART_SECONDS if at_change else 0.0)
