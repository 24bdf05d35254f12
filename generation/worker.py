"""Renders ahead: keeps a few takes waiting that have not aired. Plain synchronous code for a process of its own at low priority.

It knows neither catalogue nor clock: who keeps a take, how many wait, and how to wait are handed in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from generation.backend import Progress
from generation.errors import GenerationFailed
from generation.studio import Studio
from generation.take import Take

IDLE_SECONDS: Final = 5.0
"""How long the worker rests while enough takes wait."""
_FIRST_BACK_OFF_SECONDS: Final = 10.0
_LONGEST_BACK_OFF_SECONDS: Final = 600.0


class TakeStore(Protocol):
    """Keeps takes for the station."""

    def keep(self, take: Take) -> None:
        """Files the take. Raises OSError if it cannot."""


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


def render_ahead(studio: Studio, store: TakeStore, waiting: Callable[[], int], ahead: int, before: Turn, progress: Progress) -> Turn:
    """One turn: renders and keeps one take if fewer than `ahead` wait unaired. `before` is the turn before, or `first_turn`.

    A take that fails is passed over (its number is not asked for again) and the rest before the next turn doubles, to ten minutes at
    most; so does one that the store cannot keep, but that one is asked for again.
    """
    if waiting() >= ahead:
        return Turn(before.counter, None, "", 0, IDLE_SECONDS)
    failures = before.failures + 1
    rest = min(_LONGEST_BACK_OFF_SECONDS, _FIRST_BACK_OFF_SECONDS * 2.0 ** (failures - 1))
    try:
        take = studio.make_next(before.counter, progress)
    except GenerationFailed as error:
        return Turn(before.counter + 1, None, str(error), failures, rest)
    try:
        store.keep(take)
    except OSError as error:
        return Turn(before.counter, None, f"the take could not be kept: {error}", failures, rest)
    return Turn(before.counter + 1, take, "", 0, 0.0)


def first_turn(counter: int) -> Turn:
    """What stands before the first turn of a worker that begins at `counter`."""
    return Turn(counter, None, "", 0, 0.0)


def keep_ahead(
    studio: Studio,
    store: TakeStore,
    waiting: Callable[[], int],
    ahead: int,
    counter: int,
    progress: Progress,
    tell: Callable[[Turn], None],
    rest: Callable[[float], bool],
) -> None:
    """Turn after turn. `tell` hears of each; `rest` waits so many seconds and says whether to go on."""
    turn = first_turn(counter)
    while True:
        turn = render_ahead(studio, store, waiting, ahead, turn, progress)
        tell(turn)
        if not rest(turn.rest_seconds):
            return
