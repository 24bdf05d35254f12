"""Makes takes ahead, so that minutes of approved music wait that have not aired. Plain synchronous code for a process at low priority.

It knows neither catalogue nor clock: who keeps a take, how long what waits lasts, and how to wait are handed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from generation.backend import Progress
from generation.brief import Brief
from generation.errors import CalledOff
from generation.failure import Failure, failure_of
from generation.lineup import BackendsRest
from generation.take import Take

IDLE_SECONDS: Final = 5.0
"""How long the worker rests while enough waits."""
LOW_SHARE: Final = 0.5
"""A buffer that holds less than this of what is wanted is low: it takes turns with commissions, and an alarm is raised."""
_FIRST_BACK_OFF_SECONDS: Final = 10.0
_LONGEST_BACK_OFF_SECONDS: Final = 120.0


class TakeStore(Protocol):
    """Keeps takes for the station."""

    def keep(self, take: Take) -> None:
        """Files the take. Raises OSError if it cannot, GenerationFailed if there is nothing in it that could air."""

    def buffered_seconds(self) -> float:
        """How long all takes last together that have not aired."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one turn of the worker came to."""

    counter: int
    """Of the next take."""
    take: Take | None
    failure: str
    """Why no take was made; empty if none was wanted or one was made."""
    failures: int
    """In a row, this one included."""
    rest_seconds: float
    """How long to wait before the next turn."""
    buffered_seconds: float = 0.0
    """As it was when the turn began."""
    reason: Failure | None = None
    """The failure in one word."""


Make = Callable[[Brief, Progress], Take]
"""The studio's `make`, as one station has it. Raises GenerationFailed."""


def make_ahead(
    compose: Callable[[int], Brief], make: Make, store: TakeStore, wanted_seconds: float, before: Turn, progress: Progress
) -> Turn:
    """One turn: makes and keeps one take if what waits lasts less than `wanted_seconds`. `before` is the turn before, or `first_turn`.

    `compose(n)` says what take number n is to be. Whatever goes wrong is told in the turn, and the rest before the next one doubles, to
    two minutes at most: there is always a next turn. A number that failed is not asked for again, unless it was only not kept. Raises
    CalledOff alone.
    """
    buffered = store.buffered_seconds()
    if buffered >= wanted_seconds:
        return Turn(before.counter, None, "", 0, IDLE_SECONDS, buffered)
    try:
        take = make(compose(before.counter), progress)
        store.keep(take)
    except CalledOff:
        raise
    except BackendsRest as resting:  # nothing was asked, so nothing has failed; nor is the number passed over
        rest = min(_LONGEST_BACK_OFF_SECONDS, max(1.0, resting.seconds))
        return Turn(before.counter, None, "", before.failures, rest, buffered)
    except Exception as error:  # noqa: BLE001 -- a model's library raises anything, and a disk and a memory may be full
        return _failed(before, buffered, error)
    return Turn(before.counter + 1, take, "", 0, 0.0, buffered)


def first_turn(counter: int) -> Turn:
    """What stands before the first turn of a worker that begins at `counter`."""
    return Turn(counter, None, "", 0, 0.0)


def _failed(before: Turn, buffered: float, error: Exception) -> Turn:
    failures, reason = before.failures + 1, failure_of(error)
    rest = min(_LONGEST_BACK_OFF_SECONDS, _FIRST_BACK_OFF_SECONDS * 2.0 ** min(failures - 1, 20))
    words = f"{'the take could not be kept: ' if reason is Failure.DISK else ''}{str(error) or type(error).__name__}"
    return Turn(before.counter + (reason is not Failure.DISK), None, words, failures, rest, buffered, reason)
