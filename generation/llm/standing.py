"""How a provider stands: how it has done lately, and whether it rests. Time is an argument.

A failure makes it rest, twice as long each time in a row; a provider that says how long is believed, to an hour. A key that is refused, or
a model that is unknown, will not mend itself: it rests an hour.
"""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

FIRST_REST_SECONDS: Final = 5.0
LONGEST_REST_SECONDS: Final = 600.0
LONGEST_ASKED_SECONDS: Final = 3_600.0
_MEMORY: Final = 0.9
"""What a call leaves of the health before it: about ten calls count."""
SOUND: Final = 0.5
"""Below it, a provider is asked after those above it, whatever it costs."""


class Failure(StrEnum):
    """Why a call came to nothing."""

    SILENT = "no answer"
    BUSY = "too many calls"
    BROKEN = "its own fault"
    REFUSED = "key, model or request refused"
    INVALID = "not what was asked for"


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one provider. A value: each call makes another."""

    health: float = 1.0
    """0 to 1: the share of calls that did well, the latest most."""
    failures: int = 0
    """In a row."""
    rests_until: float = 0.0
    """By the clock that is handed in."""
    last_failure: str = ""
    answers_total: int = 0
    repairs_total: int = 0
    failures_total: int = 0

    def resting(self, now: float) -> bool:
        return now < self.rests_until

    def answered(self, repaired: bool) -> "Standing":
        """After a valid answer."""
        return replace(
            self,
            health=_MEMORY * self.health + 1 - _MEMORY,
            failures=0,
            rests_until=0.0,
            answers_total=self.answers_total + 1,
            repairs_total=self.repairs_total + repaired,
        )

    def failed(self, why: Failure, now: float, asked_seconds: float | None = None) -> "Standing":
        """After a failure; `asked_seconds` is how long the provider wants to be left alone."""
        rest = min(LONGEST_REST_SECONDS, FIRST_REST_SECONDS * 2.0 ** min(self.failures, 20))
        if why is Failure.REFUSED:
            rest = LONGEST_ASKED_SECONDS
        elif asked_seconds is not None:
            rest = max(rest, min(LONGEST_ASKED_SECONDS, asked_seconds))
        return replace(
            self,
            health=_MEMORY * self.health,
            failures=self.failures + 1,
            rests_until=now + rest,
            last_failure=str(why),
            failures_total=self.failures_total + 1,
        )


def failure_of(status: int) -> Failure:
    """What an HTTP status that is not 200 says."""
    if status in (408, 409, 425, 429):
        return Failure.BUSY
    if 400 <= status < 500:
        return Failure.REFUSED
    return Failure.BROKEN
