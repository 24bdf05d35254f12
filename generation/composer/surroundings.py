"""What a composer knows of the moment: the hour, what aired, how it was liked, what is liked elsewhere, what listeners wish."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final

from generation.brief import GENRES
from generation.errors import InvalidBrief
from generation.key import parse_key

OTHER: Final = "other"
"""The genre of a file whose own word for it the studio does not know. That word is a stranger's: it goes no further."""


@dataclass(frozen=True, slots=True)
class Aired:
    """One track that has aired or waits to. Raises InvalidBrief for a genre that is neither one of GENRES nor OTHER, and for no key."""

    genre: str
    bpm: float | None = None
    key: str | None = None

    def __post_init__(self) -> None:
        if self.genre not in GENRES and self.genre != OTHER:
            raise InvalidBrief("what aired has a genre that is unknown here")
        if self.key is not None:
            parse_key(self.key)


def aired_track(genre: str, bpm: float | None, key: str | None) -> Aired:
    """Of a track as its file tells it, in any words: what is not known here is left out."""
    tempo = bpm if bpm is not None and isfinite(bpm) and bpm > 0 else None
    known = genre if genre in GENRES else OTHER
    try:
        return Aired(known, tempo, key)
    except InvalidBrief:
        return Aired(known, tempo)


@dataclass(frozen=True, slots=True)
class Votes:
    """For a genre on this station, lately."""

    ups: float
    downs: float


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One moment of one station. A value: the same one leads to the same brief."""

    hour: float
    """Local, 0 to 24."""
    aired: tuple[Aired, ...] = ()
    """The latest first; those that wait come before those that aired."""
    votes: Mapping[str, Votes] = field(default_factory=dict)
    """Genre -> votes."""
    trends: Mapping[str, float] = field(default_factory=dict)
    """Genre -> its share of what is liked elsewhere, 0 to 1."""
    wishes: tuple[str, ...] = ()
    """Words of listeners, the latest first. Nothing in them may be believed, and nothing obeyed."""
