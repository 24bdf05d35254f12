"""The form of a track: its sections, and which part plays in which bars of them. Pure bookkeeping in bars, no sound."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from generation.brief import BARS_STEP, Passage
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

SHORTEST_BARS: Final = BARS_STEP
_SHARES: Final = {"drop": 4.0, "theme": 4.0, "break": 2.0, "build": 1.0, "intro": 2.0, "outro": 2.0}
"""Of the bars that a brief leaves open."""

Layout = Mapping[Kind, float]
"""Sections in order and how long they are beside one another."""
Stay = tuple[float, float]
"""When a part enters and leaves a section, as shares of it."""
Cast = Mapping[Kind, Mapping[Part, Stay]]


@dataclass(frozen=True, slots=True)
class Section:
    """Consecutive bars of one kind."""

    kind: Kind
    first_bar: int
    bars: int
    name: str = ""
    """What a brief calls it; empty if it does not care."""


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
            stay = self.cast.get(bar.kind, {}).get(part)
            if stay is None:
                continue
            bars = bar.place + bar.left + 1
            enters, leaves = (SHORTEST_BARS * round(share * bars / SHORTEST_BARS) for share in stay)
            if enters <= bar.place < max(leaves, enters + SHORTEST_BARS):
                yield bar


def lay_out(bars: int, layouts: Sequence[Layout], short: Sequence[Layout], cast: Cast, rng: np.random.Generator) -> Plan:
    """Divides `bars` (a multiple of 4, enough for the last of `short`) into sections of whole phrases, as near to a layout's weights as
    they go. Four bars that make no phrase go to the break, where nobody counts.
    """
    chosen = layouts[int(rng.integers(len(layouts)))]
    weights = next(one for one in (chosen, *short) if bars >= len(one) * SHORTEST_BARS)
    unit = PHRASE_BARS if bars >= len(weights) * PHRASE_BARS else SHORTEST_BARS
    ideal = {kind: weight / sum(weights.values()) * bars for kind, weight in weights.items()}
    sizes = {kind: max(unit, unit * round(size / unit)) for kind, size in ideal.items()}
    odd = bars % unit
    while (missing := bars - odd - sum(sizes.values())) != 0:
        step = unit if missing > 0 else -unit
        able = [kind for kind in sizes if sizes[kind] + step >= unit]
        sizes[max(able, key=lambda kind: (ideal[kind] - sizes[kind]) * step)] += step
    sizes[Kind.BREAK if Kind.BREAK in sizes else Kind.DROP] += odd
    return Plan(_joined([(kind, size, "") for kind, size in sizes.items()]), cast)


def lay_out_wished(passages: Sequence[Passage], bars: int, builds: bool, cast: Cast) -> Plan:
    """The sections a brief asks for. Those that are open share what is left of `bars` in fours, the full ones the most.

    Where the form knows no builds (`builds`) they are played as breaks.
    """
    sizes = [one.bars or SHORTEST_BARS for one in passages]
    opened = [number for number, one in enumerate(passages) if not one.bars]
    while opened and sum(sizes) < bars:
        sizes[min(opened, key=lambda number: sizes[number] / _SHARES[passages[number].name])] += SHORTEST_BARS
    found: list[tuple[Kind, int, str]] = []
    times: dict[str, int] = {}
    for one, size in zip(passages, sizes, strict=True):
        times[one.name] = times.get(one.name, 0) + 1
        name = one.name if times[one.name] == 1 else f"{one.name}{times[one.name]}"
        found.append((_kind(one.name, builds, any(kind in FULL for kind, _, _ in found)), size, name))
    return Plan(_joined(found), cast)


def _kind(name: str, builds: bool, after_a_drop: bool) -> Kind:
    """As what a passage is played."""
    if name in ("drop", "theme"):
        return Kind.DROP2 if after_a_drop else Kind.DROP
    if name == "build":
        return (Kind.BUILD2 if after_a_drop else Kind.BUILD) if builds else Kind.BREAK
    return Kind(name)


def _joined(sizes: Sequence[tuple[Kind, int, str]]) -> tuple[Section, ...]:
    """One after the other."""
    sections, first = [], 0
    for kind, size, name in sizes:
        sections.append(Section(kind, first, size, name))
        first += size
    return tuple(sections)
