"""What a caller asks of the library: which tracks, in which order, and where a page of them goes on."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Sort(StrEnum):
    """The order of a list of tracks."""

    NEWEST = "newest"
    SCORE = "score"
    BPM = "bpm"
    KEY = "key"
    """Around the Camelot wheel."""
    ENERGY = "energy"

    @property
    def rises(self) -> bool:
        """Whether its list begins with the least, unless it is asked for otherwise."""
        return self in (Sort.BPM, Sort.KEY)


class Order(StrEnum):
    """Which end of a list comes first."""

    RISING = "rising"
    FALLING = "falling"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tracks; None asks for any."""

    genre: str | None = None
    """In small letters."""
    approved: bool | None = None
    bpm_from: float | None = None
    bpm_to: float | None = None
    key: str | None = None
    wheel: int | None = None
    """The key's place on the Camelot wheel (control/library/wheel.py)."""
    energy_from: float | None = None
    energy_to: float | None = None
    words: str | None = None
    """All of them, the last one as far as it has been typed."""


@dataclass(frozen=True, slots=True)
class After:
    """The last track of the page before: its value in the order that is asked for, and its id."""

    value: datetime | float
    id: str


@dataclass(frozen=True, slots=True)
class AfterAiring:
    """The last airing of the page before."""

    started_at: datetime
    entry_id: str
