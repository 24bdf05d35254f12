"""One station in the room where takes are made: what it wants next, where its takes go, and how it went so far."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from generation.brief import Brief
from generation.worker import Turn, first_turn
from sonicforge.takes import Takes


@dataclass(slots=True)
class Desk:
    """Written by the room alone."""

    takes: Takes
    compose: Callable[[int], Brief]
    """What take number n is to be. Never raises."""
    turn: Turn
    due_at: float = float("-inf")
    """Monotonic seconds of its next turn."""
    made: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """Turns in which nothing was made or kept, by reason."""
    last_failure: str = ""
    last_title: str = ""
    last_made_at: float = 0.0
    """UNIX seconds."""
    doing: str = ""
    """What the backend does now."""
    decision: str = ""
    """The critic's last."""
    decided_at: float = 0.0
    """UNIX seconds."""


def desk_of(takes: Takes, compose: Callable[[int], Brief]) -> Desk:
    """As it is when the worker begins."""
    return Desk(takes, compose, first_turn(takes.counter))
