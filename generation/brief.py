"""What the studio is asked for: a Brief. A value, checked when it is made; the same brief always means the same take."""

import hashlib
import math
from dataclasses import dataclass
from typing import Final

from generation.errors import InvalidBrief
from generation.key import parse_key

TEMPI: Final = {
    "drum & bass": (150.0, 190.0),
    "trance": (120.0, 150.0),
    "house": (105.0, 135.0),
    "techno": (115.0, 160.0),
    "ambient": (60.0, 100.0),
    "lo-fi": (60.0, 100.0),
    "synthwave": (70.0, 135.0),
    "downtempo": (65.0, 115.0),
}
"""Genre -> the slowest and the fastest BPM at which it is still that genre."""
GENRES: Final = tuple(TEMPI)
PASSAGES: Final = ("intro", "build", "drop", "theme", "break", "outro")
"""What a section may be called. A drop and a theme are the same: all play. Music that nobody dances to has themes."""
SHORTEST_SECONDS: Final = 30.0
LONGEST_SECONDS: Final = 600.0
TAIL_SECONDS: Final = 4.0
"""How long a take sounds on after its last bar."""
BARS_STEP: Final = 4
"""Sections are whole fours of bars."""
_MOST_BARS: Final = 64
_MOST_PASSAGES: Final = 16
_LONGEST_MOOD: Final = 200
_LONGEST_WORDS: Final = 1_000
_BEATS_A_BAR: Final = 4


@dataclass(frozen=True, slots=True)
class Passage:
    """One section as a brief wishes it."""

    name: str
    """One of PASSAGES."""
    bars: int = 0
    """A multiple of 4, at most 64; 0 leaves it to the backend."""

    def __post_init__(self) -> None:
        if self.name not in PASSAGES:
            raise InvalidBrief(f"section {self.name!r} is unknown; it is one of {', '.join(PASSAGES)}")
        if not 0 <= self.bars <= _MOST_BARS or self.bars % BARS_STEP:
            raise InvalidBrief(f"section {self.name} cannot be {self.bars} bars long: a multiple of {BARS_STEP}, at most {_MOST_BARS}")


@dataclass(frozen=True, slots=True)
class Brief:
    """A wish for one track. What is None or empty is the backend's choice, made from the seed."""

    genre: str
    """One of GENRES."""
    seed: int
    """0 to 2^63-1. Two seeds make two clearly different tracks."""
    seconds: float
    """The wished length; a composer rounds it to whole phrases."""
    bpm: float | None = None
    """Within TEMPI of the genre."""
    key: str | None = None
    """Like "A minor"; see generation/key.py."""
    mood: str = ""
    """Free words; a backend heeds those it knows."""
    sections: tuple[Passage, ...] = ()
    """In order, at least one drop or theme among them. They must fit into `seconds` at a tempo that is allowed."""
    words: str = ""
    """The wish in sentences, for backends that read; the composer looks in them for words of mood where `mood` is empty."""

    def __post_init__(self) -> None:
        if self.genre not in GENRES:
            raise InvalidBrief(f"genre {self.genre!r} is unknown; it is one of {', '.join(GENRES)}")
        if not 0 <= self.seed < 2**63:
            raise InvalidBrief(f"seed {self.seed} is not within 0 to 2^63-1")
        if not (math.isfinite(self.seconds) and SHORTEST_SECONDS <= self.seconds <= LONGEST_SECONDS):
            raise InvalidBrief(f"seconds {self.seconds} is not within {SHORTEST_SECONDS:.0f} to {LONGEST_SECONDS:.0f}")
        slowest, fastest = TEMPI[self.genre]
        if self.bpm is not None and not (math.isfinite(self.bpm) and slowest <= self.bpm <= fastest):
            raise InvalidBrief(f"bpm {self.bpm:g} is not within {slowest:.0f} to {fastest:.0f}, where {self.genre} is played")
        if self.key is not None:
            parse_key(self.key)
        if len(self.mood) > _LONGEST_MOOD:
            raise InvalidBrief(f"mood is longer than {_LONGEST_MOOD} characters")
        if len(self.words) > _LONGEST_WORDS:
            raise InvalidBrief(f"words are longer than {_LONGEST_WORDS} characters")
        if self.sections:
            self._check_sections()

    @property
    def id(self) -> str:
        """16 hexadecimal digits that stand for all fields."""
        fields: tuple[object, ...] = (
            self.genre,
            int(self.seed),
            float(self.seconds),
            self.bpm and float(self.bpm),
            self.key,
            self.mood,
        )
        if self.sections or self.words:
            fields += (tuple((one.name, one.bars) for one in self.sections), self.words)
        return hashlib.sha256(repr(fields).encode()).hexdigest()[:16]

    @property
    def sections_bars(self) -> int:
        """How many bars the sections have at least: open ones count with the fewest."""
        return sum(one.bars or BARS_STEP for one in self.sections)

    @property
    def sections_are_closed(self) -> bool:
        """Whether every section says how long it is."""
        return bool(self.sections) and all(one.bars for one in self.sections)

    @property
    def leeway_seconds(self) -> float:
        """By how much a take may miss the wished length: whole bars do not fit every second."""
        return max(8.0, 0.05 * self.seconds)

    def _check_sections(self) -> None:
        if len(self.sections) > _MOST_PASSAGES:
            raise InvalidBrief(f"{len(self.sections)} sections are more than {_MOST_PASSAGES}")
        if not {"drop", "theme"} & {one.name for one in self.sections}:
            raise InvalidBrief("the sections have neither a drop nor a theme: there is nothing they lead to")
        slowest, fastest = (self.bpm, self.bpm) if self.bpm is not None else TEMPI[self.genre]
        shortest, longest = (self.sections_bars * _BEATS_A_BAR * 60.0 / bpm for bpm in (fastest, slowest))
        tempo = f"{fastest:g} BPM" if slowest == fastest else f"{slowest:g} to {fastest:g} BPM"
        if shortest > self.seconds + self.leeway_seconds - TAIL_SECONDS:
            raise InvalidBrief(f"{self.sections_bars} bars last {shortest:.0f} s or more at {tempo}, not {self.seconds:g} s")
        if self.sections_are_closed and longest < self.seconds - self.leeway_seconds - TAIL_SECONDS:
            raise InvalidBrief(f"{self.sections_bars} bars last {longest:.0f} s at most at {tempo}, not {self.seconds:g} s")


def parse_passages(written: str) -> tuple[Passage, ...]:
    """Reads "intro 8, drop 16, break, drop 16, outro 8".

    Raises InvalidBrief if a part of it is no name with or without a number of bars.
    """
    found = []
    for one in filter(None, (part.strip() for part in written.split(","))):
        name, _, bars = one.partition(" ")
        if bars and not bars.strip().isdecimal():
            raise InvalidBrief(f"section {one!r} is not a name and a number of bars, like 'drop 16'")
        found.append(Passage(name, int(bars or 0)))
    return tuple(found)
