"""Fills: how drummers say that a phrase ends. And the roll that lifts a build."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from generation.procedural.event import Hit
from generation.procedural.hand import Hand
from generation.procedural.kit import Drum
from generation.procedural.part import Part
from generation.procedural.plan import Bar

Stroke = tuple[Drum, float, float]
"""drum, step, velocity"""


@dataclass(frozen=True, slots=True)
class Fill:
    """What changes in the last bar of a phrase."""

    stops: Mapping[Part, int] = field(default_factory=dict)
    """From which step on a part rests."""
    hits: Mapping[Part, tuple[Stroke, ...]] = field(default_factory=dict)


def _run(drum: Drum, steps: tuple[float, ...], first: float, last: float) -> tuple[Stroke, ...]:
    """Strokes that grow from one velocity to another."""
    rise = (last - first) / max(1, len(steps) - 1)
    return tuple((drum, step, first + rise * number) for number, step in enumerate(steps))


FILLS_FOUR: Final = (
    Fill({Part.KICK: 12}),
    Fill({Part.KICK: 8}, {Part.BACKBEAT: _run(Drum.CLAP, (13, 14, 15), 0.4, 0.8)}),
    Fill({Part.KICK: 14}, {Part.HATS: _run(Drum.CLOSED, (12, 12.5, 13, 13.5, 14, 14.5, 15, 15.5), 0.3, 0.9)}),
    Fill({}, {Part.PERCUSSION: ((Drum.TOM, 10, 0.6), (Drum.TOM, 13, 0.7), (Drum.LOW, 14, 0.7), (Drum.HIGH, 15, 0.8))}),
    Fill({Part.KICK: 12, Part.HATS: 12}, {Part.BACKBEAT: ((Drum.SNARE, 12, 0.5), (Drum.SNARE, 14, 0.7), (Drum.SNARE, 15, 0.8))}),
    Fill({}, {Part.KICK: ((Drum.KICK, 14, 0.7), (Drum.KICK, 15, 0.8))}),
    Fill({}, {Part.BACKBEAT: ((Drum.CLAP, 7, 0.4), (Drum.CLAP, 15, 0.6))}),
    Fill({Part.BACKBEAT: 12}, {Part.HATS: ((Drum.OPEN, 15, 0.8),), Part.PERCUSSION: _run(Drum.HIGH, (12, 13, 14, 15), 0.4, 0.8)}),
)
FILLS_TWO_STEP: Final = (
    Fill({}, {Part.BACKBEAT: ((Drum.SNARE, 7, 0.5), (Drum.SNARE, 10, 0.6), (Drum.SNARE, 14, 0.7))}),
    Fill({Part.KICK: 10}, {Part.BACKBEAT: _run(Drum.SNARE, (13, 14, 15), 0.4, 0.85)}),
    Fill({}, {Part.KICK: ((Drum.KICK, 6, 0.8), (Drum.KICK, 13, 0.7)), Part.BACKBEAT: ((Drum.SNARE, 15, 0.6),)}),
    Fill({Part.HATS: 12}, {Part.BACKBEAT: _run(Drum.SNARE, (14, 14.5, 15, 15.5), 0.35, 0.8)}),
    Fill({}, {Part.PERCUSSION: ((Drum.TOM, 9, 0.6), (Drum.LOW, 11, 0.7), (Drum.HIGH, 13, 0.7), (Drum.HIGH, 14, 0.6))}),
    Fill({Part.KICK: 8, Part.HATS: 8}, {Part.BACKBEAT: ((Drum.SNARE, 10, 0.7), (Drum.SNARE, 11, 0.45), (Drum.SNARE, 14, 0.8))}),
    Fill({}, {Part.HATS: ((Drum.OPEN, 14, 0.8),), Part.BACKBEAT: ((Drum.SNARE, 14, 0.35), (Drum.SNARE, 15, 0.5))}),
    Fill({}, {Part.BACKBEAT: ((Drum.RIM, 6, 0.6), (Drum.RIM, 9, 0.6), (Drum.SNARE, 15, 0.5))}),
)


def roll(bar: Bar, drum: Drum, hand: Hand) -> Iterator[Hit]:
    """The drum of the backbeat in the last four bars of a build: eighths, then sixteenths, growing; the last beat is left free."""
    start = (3 - bar.left) * 16
    steps = range(0, 16 if bar.left else 12, 2 if bar.left > 1 else 1)
    for step in steps:
        yield Hit(hand.frame(bar.index, step), drum, 0.1 + 0.32 * (start + step) / 64.0)
