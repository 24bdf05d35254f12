"""What the studio is asked for: a Brief. A value, checked when it is made; the same brief always means the same take."""

import hashlib
import math
from dataclasses import dataclass
from typing import Final

from generation.errors import InvalidBrief
from generation.key import parse_key

GENRES: Final = ("drum & bass", "trance", "house", "techno")
SHORTEST_SECONDS: Final = 30.0
LONGEST_SECONDS: Final = 600.0
SLOWEST_BPM: Final = 60.0
FASTEST_BPM: Final = 200.0
_LONGEST_MOOD: Final = 200


@dataclass(frozen=True, slots=True)
class Brief:
    """A wish for one track. What is None is the backend's choice, made from the seed."""

    genre: str
    """One of GENRES."""
    seed: int
    """0 to 2^63-1. Two seeds make two clearly different tracks."""
    seconds: float
    """The wished length; a composer rounds it to whole phrases."""
    bpm: float | None = None
    key: str | None = None
    """Like "A minor"; see generation/key.py."""
    mood: str = ""
    """Free words; a backend heeds those it knows."""

    def __post_init__(self) -> None:
        if self.genre not in GENRES:
            raise InvalidBrief(f"genre {self.genre!r} is unknown; it is one of {', '.join(GENRES)}")
        if not 0 <= self.seed < 2**63:
            raise InvalidBrief(f"seed {self.seed} is not within 0 to 2^63-1")
        if not (math.isfinite(self.seconds) and SHORTEST_SECONDS <= self.seconds <= LONGEST_SECONDS):
            raise InvalidBrief(f"seconds {self.seconds} is not within {SHORTEST_SECONDS:.0f} to {LONGEST_SECONDS:.0f}")
        if self.bpm is not None and not (math.isfinite(self.bpm) and SLOWEST_BPM <= self.bpm <= FASTEST_BPM):
            raise InvalidBrief(f"bpm {self.bpm} is not within {SLOWEST_BPM:.0f} to {FASTEST_BPM:.0f}")
        if self.key is not None:
            parse_key(self.key)
        if len(self.mood) > _LONGEST_MOOD:
            raise InvalidBrief(f"mood is longer than {_LONGEST_MOOD} characters")

    @property
    def id(self) -> str:
        """16 hexadecimal digits that stand for all fields."""
        fields = (self.genre, int(self.seed), float(self.seconds), self.bpm and float(self.bpm), self.key, self.mood)
        return hashlib.sha256(repr(fields).encode()).hexdigest()[:16]
