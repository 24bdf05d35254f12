"""How an attempt ended, and what becomes of its job. Pure."""

from dataclasses import dataclass
from enum import StrEnum, auto
from typing import Final

from control.jobs.job import State

LONGEST_ERROR: Final = 2_000


class How(StrEnum):
    DONE = auto()
    BROKEN = auto()
    """It raised, or took too long; another attempt may help."""
    HOPELESS = auto()
    """Another attempt would not help."""
    CANCELLED = auto()
    HANDED_BACK = auto()
    """Its worker ended first; the attempt does not count."""


@dataclass(frozen=True, slots=True)
class Ending:
    """What one attempt left behind."""

    how: How
    result: str | None = None
    """JSON."""
    error: str | None = None

    def state(self, attempts: int, most_attempts: int) -> State:
        """The state that the job goes into after so many attempts."""
        match self.how:
            case How.DONE:
                return State.DONE
            case How.HOPELESS:
                return State.FAILED
            case How.CANCELLED:
                return State.CANCELLED
            case How.HANDED_BACK:
                return State.QUEUED
            case How.BROKEN:
                return State.DEAD if attempts >= most_attempts else State.QUEUED


def told(error: BaseException) -> str:
    """An error in one line for people; NUL is what PostgreSQL's text cannot hold."""
    words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    return words.replace("\0", "")[:LONGEST_ERROR]
