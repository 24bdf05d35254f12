"""The form of a track: its sections, and which part plays in which bars of them. Pure bookkeeping in bars, no sound."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from generation.procedural.part import Part

PHRASE_BARS: Final = 8


class Kind(StrEnum):
    """What a section is for."""

    INTRO = "intro"
    BUILD = "build"
    DROP = "drop"
    BREAK = "break"
    BUILD2 = "build2"
    DROP2 = "drop2"
    OUTRO = "outro"


FULL: Final = (Kind.DROP, Kind.DROP2)
RISING: Final = (Kind.BUILD, Kind.BUILD2)

LAYOUTS: Final[tuple[dict[Kind, float], ...]] = (
    {Kind.INTRO: 2, Kind.BUILD: 1, Kind.DROP: 4, Kind.BREAK: 2, Kind.BUILD2: 1, Kind.DROP2: 4, Kind.OUTRO: 2},
    {Kind.INTRO: 2, Kind.BUILD: 2, Kind.DROP: 3, Kind.BREAK: 2, Kind.BUILD2: 1, Kind.DROP2: 4, Kind.OUTRO: 2},
    {Kind.INTRO: 1, Kind.BUILD: 1, Kind.DROP: 4, Kind.BREAK: 3, Kind.BUILD2: 1, Kind.DROP2: 4, Kind.OUTRO: 2},
    {Kind.INTRO: 2, Kind.BUILD: 1, Kind.DROP: 3, Kind.BREAK: 2, Kind.BUILD2: 2, Kind.DROP2: 5, Kind.OUTRO: 1},
)
"""Weights of the sections."""
_SHORT: Final = {Kind.INTRO: 1.0, Kind.BUILD: 1.0, Kind.DROP: 2.0, Kind.OUTRO: 1.0}
"""For pieces too short for two drops."""
_SHORTEST_BARS: Final = 4

Stay = tuple[float, float]
"""When a part enters and leaves a section, as shares of it."""
Cast = Mapping[Kind, Mapping[Part, Stay]]


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive bars of one kind."""

    kind: Kind
    first_bar: int
    bars: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar and where it stands."""

    index: int
    kind: Kind
    place: int
    """Bars of its section before it."""
    left: int
    """Bars of its section after it."""

    @property
    def phrase_place(self) -> int:
        """0 to 7 within its phrase of eight."""
        return self.place % PHRASE_BARS

    @property
    def ends_phrase(self) -> bool:
        return self.left == 0 or self.phrase_place == PHRASE_BARS - 1

    @property
    def along(self) -> float:
        """How much of the section is over, 0 to below 1."""
        return self.place / (self.place + self.left + 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The form."""

    sections: tuple[Section, ...]
    cast: Cast

    @property
    def bars(self) -> int:
        return sum(section.bars for section in self.sections)

    def walk(self) -> Iterator[Bar]:
        """Every bar in order."""
        for section in self.sections:
            for place in range(section.bars):
                yield Bar(section.first_bar + place, section.kind, place, section.bars - place - 1)

    def playing(self, part: Part) -> Iterator[Bar]:
        """The bars in which `part` plays. Entries and exits fall on every fourth bar."""
        for bar in self.walk():
            stay = self.cast[bar.kind].get(part)
            if stay is None:
                continue
            bars = bar.place + bar.left + 1
            enters, leaves = (_SHORTEST_BARS * round(share * bars / _SHORTEST_BARS) for share in stay)
            if enters <= bar.place < max(leaves, enters + _SHORTEST_BARS):
                yield bar


def lay_out(bars: int, cast: Cast, rng: np.random.Generator) -> Plan:
    """Divides `bars` (a multiple of 4, at least 16) into sections of whole phrases, as near to a layout's weights as they go.

    Four bars that make no phrase go to the break, where nobody counts.
    """
    weights = LAYOUTS[rng.integers(len(LAYOUTS))] if bars >= len(LAYOUTS[0]) * _SHORTEST_BARS else _SHORT
    unit = PHRASE_BARS if bars >= len(weights) * PHRASE_BARS else _SHORTEST_BARS
    ideal = {kind: weight / sum(weights.values()) * bars for kind, weight in weights.items()}
    sizes = {kind: max(unit, unit * round(size / unit)) for kind, size in ideal.items()}
    odd = bars % unit
    while (missing := bars - odd - sum(sizes.values())) != 0:
        step = unit if missing > 0 else -unit
        able = [kind for kind in sizes if sizes[kind] + step >= unit]
        sizes[max(able, key=lambda kind: (ideal[kind] - sizes[kind]) * step)] += step
    sizes[Kind.BREAK if Kind.BREAK in sizes else Kind.DROP] += odd
    sections, first = [], 0
    for kind, size in sizes.items():
        sections.append(Section(kind, first, size))
        first += size
    return Plan(tuple(sections), cast)
