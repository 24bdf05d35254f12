"""A worker's times and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from control.jobs.job import State

_KEEP_DAYS: Final = {State.DONE: 7.0, State.CANCELLED: 7.0, State.FAILED: 30.0, State.DEAD: 30.0}


@dataclass(frozen=True, slots=True)
class WorkerPace:
    """How one worker works."""

    seats: int = 4
    """Jobs at a time."""
    look_seconds: float = 5.0
    """The longest time between two looks into the queue."""
    lease_seconds: float = 30.0
    """A worker silent for so long is taken for dead, and its jobs are given to others. The same for all workers."""
    pulse_seconds: float = 1.0
    """Between carrying progress over."""
    drain_seconds: float = 10.0
    """How long an ending worker lets its jobs go on before it hands them back."""
    clear_seconds: float = 600.0
    """Between looks for rows that are too old."""
    keep_days: Mapping[State, float] = field(default_factory=lambda: dict(_KEEP_DAYS))
    """How long jobs are kept after they ended."""
