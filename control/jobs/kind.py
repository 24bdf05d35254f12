"""A kind of work, as the code declares it: how urgent, how often it is tried, how much of it may run.

Who queues work needs the kind alone; who does it adds the function (`Duty`). All workers must agree on a kind's limits: they are counted
in the database over every worker, and a worker brings the figures along.
"""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, Generic, TypeAlias, TypeVar

from pydantic import BaseModel

from control.jobs.job import Queue
from control.jobs.run import Run

Payload = TypeVar("Payload", bound=BaseModel)
Result: TypeAlias = Mapping[str, object] | BaseModel | None

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,30}(\.[a-z][a-z0-9_]{0,30})+")


@dataclass(frozen=True, slots=True)
class Backoff:
    """How long a job waits before its next attempt: exponential, bounded, scattered so that many do not come back at once."""

    first_seconds: float = 2.0
    factor: float = 2.0
    most_seconds: float = 600.0
    jitter: float = 0.2
    """The share by which a wait may be shorter or longer."""

    def delay_seconds(self, attempt: int, chance: float) -> float:
        """The wait after that attempt (1 is the first); `chance` is drawn from [0, 1) by the caller."""
        steps = min(attempt - 1, 64)
        wait = min(self.first_seconds * self.factor**steps, self.most_seconds)
        return wait * (1 + self.jitter * (2 * chance - 1))


@dataclass(frozen=True, slots=True)
class Kind(Generic[Payload]):
    """One kind of work."""

    name: str
    """`room.verb`: `mail.send`. Never given to other work, jobs of it may still wait."""
    payload: type[Payload]
    """What a job works on; read again by the worker, so new fields need defaults while old jobs wait."""
    queue: Queue = Queue.DEFAULT
    attempts: int = 5
    """How often it is picked up at most."""
    backoff: Backoff = field(default_factory=Backoff)
    time_limit_seconds: float = 600.0
    """Of one attempt; an attempt that takes longer is cancelled and counts as failed."""
    grace_seconds: float = 2.0
    """Between asking an attempt to end and cancelling it."""
    at_once: int = 0
    """How many may run at a time over all workers; 0 is any number."""
    per_minute: int = 0
    """How many attempts may begin in any 60 seconds over all workers; 0 is any number."""
    key_frees: bool = False
    """Whether a dedupe key may be used again as soon as its job has ended. Otherwise it holds as long as the row is kept."""

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ValueError(f"a kind is named room.verb in small letters, not {self.name!r}")
        if self.attempts < 1 or self.at_once < 0 or self.per_minute < 0:
            raise ValueError(f"{self.name}: at least one attempt, and no limit below 0")
        if self.time_limit_seconds <= 0 or self.grace_seconds <= 0:
            raise ValueError(f"{self.name}: times are greater than 0")


@dataclass(frozen=True, slots=True)
class Duty(Generic[Payload]):
    """A kind of work and who does it."""

    kind: Kind[Payload]
    do: Callable[[Payload, Run], Awaitable[Result]]
    """May be called twice for one job (a worker that freezes is taken for dead), so doing it twice must do no harm."""
