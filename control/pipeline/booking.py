"""What the studio can be booked for: a take, or a measurement of the house's backends. Jobs that a front queues; a worker does them
(control/pipeline/duty.py).
"""

from typing import Final, Self

from pydantic import BaseModel, ConfigDict, Field

from control.jobs.job import Queue
from control.jobs.kind import Backoff, Kind
from generation.brief import Brief, Passage

ATTEMPTS: Final = 3
"""A worker that is killed costs one attempt, so its job is done by another; a job that kills three workers is dead."""
_PATIENCE: Final = Backoff(first_seconds=5.0, factor=4.0, most_seconds=120.0)


class Booked(BaseModel):
    """A take that somebody has booked: the station, and the brief with nothing left open that would make it another one."""

    model_config = ConfigDict(frozen=True)

    station: str
    genre: str
    seed: int
    seconds: float
    bpm: float | None = None
    key: str | None = None
    mood: str = ""
    sections: tuple[tuple[str, int], ...] = ()
    words: str = ""
    air: bool = False
    """Whether it is queued when it is made."""

    @classmethod
    def of(cls, station: str, brief: Brief, *, air: bool) -> Self:
        """The booking of a brief."""
        return cls(
            station=station,
            genre=brief.genre,
            seed=brief.seed,
            seconds=brief.seconds,
            bpm=brief.bpm,
            key=brief.key,
            mood=brief.mood,
            sections=tuple((passage.name, passage.bars) for passage in brief.sections),
            words=brief.words,
            air=air,
        )

    def brief(self) -> Brief:
        """The same brief at every attempt, so its take has the same id. Raises InvalidBrief."""
        sections = tuple(Passage(name, bars) for name, bars in self.sections)
        return Brief(self.genre, self.seed, self.seconds, self.bpm, self.key, self.mood, sections, self.words)


class Trial(BaseModel):
    """A measurement: each backend makes one take of so many seconds."""

    model_config = ConfigDict(frozen=True)

    seconds: float = Field(30.0, ge=30.0, le=120.0)


MAKE: Final = Kind(
    "studio.make",
    Booked,
    attempts=ATTEMPTS,
    backoff=_PATIENCE,
    time_limit_seconds=3_600.0,
    grace_seconds=15.0,
    key_frees=True,
)
MEASURE: Final = Kind(
    "studio.measure",
    Trial,
    queue=Queue.HIGH,
    attempts=ATTEMPTS,
    backoff=_PATIENCE,
    time_limit_seconds=3_600.0,
    grace_seconds=15.0,
    at_once=1,
    key_frees=True,
)
"""One at a time over all workers, or they would measure each other."""
