"""A job as people see it: what it is, where it stands, what came of it.

The row of a job is the truth; the queue's row beside it only hands the job to a worker. Nothing in here knows either.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID


class Queue(StrEnum):
    """How soon a kind of work wants to be done, most urgent first."""

    CRITICAL = "critical"
    HIGH = "high"
    DEFAULT = "default"
    LOW = "low"
    BATCH = "batch"

    @property
    def priority(self) -> int:
        """The greater one is picked first."""
        return PRIORITIES[self]


PRIORITIES: Final = {Queue.CRITICAL: 10, Queue.HIGH: 7, Queue.DEFAULT: 5, Queue.LOW: 2, Queue.BATCH: 1}


class State(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    """Waits for a worker, or for its next attempt."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """The work itself said that another attempt would not help."""
    DEAD = "dead"
    """Every attempt has failed, or took its worker with it."""
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self not in (State.QUEUED, State.RUNNING)


DEAD_LETTERS: Final = frozenset({State.FAILED, State.DEAD})
"""What waits for a person to look at it and, perhaps, to queue it again."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job, without what it works on."""

    id: UUID
    kind: str
    queue: Queue
    state: State
    attempts: int
    """Times a worker has picked it up, counted at the pick-up: an attempt that kills its worker counts too."""
    most_attempts: int
    progress: float
    """0 to 1."""
    progress_words: str
    cancel_asked: bool
    result: dict[str, Any] | None
    error: str | None
    """Of the last attempt that failed."""
    payload_bytes: int
    """As stored, packed."""
    dedupe_key: str | None
    account_id: UUID | None
    schedule: str | None
    """Which schedule queued it."""
    created_at: datetime
    run_after: datetime
    started_at: datetime | None
    """Of the last attempt."""
    finished_at: datetime | None
