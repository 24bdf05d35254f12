"""Writes the drums: the groove of each bar, thinner in the intro and outro, and a fill at the end of each phrase."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from generation.procedural.event import Hit
from generation.procedural.fill import FILLS_FOUR, FILLS_TWO_STEP, Fill, roll
from generation.procedural.grid import STEPS
from generation.procedural.hand import Hand
from generation.procedural.kit import Drum
from generation.procedural.part import DRUMS, Part
from generation.procedural.plan import FULL, RISING, Bar, Kind, Plan
from generation.procedural.rhythm import VELOCITIES, struck
from generation.procedural.style import Groove


@dataclass(frozen=True, slots=True)
class Beat:
    """The grooves of a track, one for each of DRUMS; and those of its second drop."""

    grooves: dict[Part, Groove]
    second: dict[Part, Groove]
    four_to_the_floor: bool


_PAN = {
    Drum.CLOSED: 0.18,
    Drum.OPEN: -0.15,
    Drum.RIDE: -0.3,
    Drum.SHAKER: 0.4,
    Drum.LOW: -0.35,
    Drum.HIGH: 0.35,
    Drum.RIM: -0.22,
    Drum.TOM: 0.1,
}
_SAVED = {**dict.fromkeys((Kind.INTRO, Kind.OUTRO, Kind.BREAK), (Drum.RIDE, Drum.OPEN)), Kind.DROP: (Drum.RIDE,)}
"""What is kept for the second half of a section."""
_VARIED = (Drum.CLOSED, Drum.SHAKER, Drum.RIM, Drum.LOW, Drum.HIGH)


def write_beat(beat: Beat, plan: Plan, hand: Hand, rng: np.random.Generator, drag_frames: int = 0) -> dict[Part, tuple[Hit, ...]]:
    """The hits of all four drum parts, each in order of time. The backbeat falls `drag_frames` late."""
    hits: dict[Part, list[Hit]] = {part: [] for part in DRUMS}
    fills = FILLS_FOUR if beat.four_to_the_floor else FILLS_TWO_STEP
    change = {drum: _Change.of(rng) for drum in Drum if drum in _VARIED}
    chosen = {bar.index: fills[rng.integers(len(fills))] for bar in plan.walk() if _fills(bar, rng)}
    for part in DRUMS:
        for bar in plan.playing(part):
            hits[part] += _bar(beat, part, bar, chosen.get(bar.index), change, hand, rng)
    for bar in plan.walk():
        if bar.kind in RISING and bar.left < 4:
            hits[Part.BACKBEAT] += roll(bar, next(iter(beat.grooves[Part.BACKBEAT])), hand)
    if drag_frames:
        hits[Part.BACKBEAT] = [replace(hit, frame=hit.frame + drag_frames) for hit in hits[Part.BACKBEAT]]
    return {part: tuple(sorted(found, key=lambda hit: hit.frame)) for part, found in hits.items()}


def _fills(bar: Bar, rng: np.random.Generator) -> bool:
    """Where a fill may stand: at the end of most phrases, never where the build's roll is."""
    return bar.ends_phrase and bar.kind not in RISING and bar.kind is not Kind.BREAK and rng.random() < (1.0 if bar.left == 0 else 0.75)


@dataclass(frozen=True, slots=True)
class _Change:
    """What a drummer does otherwise in every fourth bar: leaves one stroke out, and plays a soft one elsewhere."""

    without: int
    ghost: int

    @classmethod
    def of(cls, rng: np.random.Generator) -> "_Change":
        return cls(2 * int(rng.integers(4, 8)) + int(rng.integers(2)), int(rng.integers(5, STEPS)))

    def made(self, strokes: list[tuple[int, float]]) -> list[tuple[int, float]]:
        """Loud strokes stay where they are."""
        kept = [(step, meant) for step, meant in strokes if step != self.without or meant >= 1.0]
        taken = {step for step, _ in kept}
        return kept if self.ghost in taken else sorted([*kept, (self.ghost, VELOCITIES["o"])])


def _bar(
    beat: Beat, part: Part, bar: Bar, fill: Fill | None, change: Mapping[Drum, _Change], hand: Hand, rng: np.random.Generator
) -> Iterator[Hit]:
    if bar.kind in RISING and bar.left == 0:
        return
    if bar.kind is Kind.BUILD2 and bar.left < 2 and part is Part.KICK:
        return
    grooves = beat.second if bar.kind is Kind.DROP2 else beat.grooves
    stops = fill.stops.get(part, STEPS) if fill else STEPS
    for drum, rhythm in grooves[part].items():
        if bar.along < 0.5 and drum in _SAVED.get(bar.kind, ()):
            continue
        strokes = struck(rhythm, bar.place)
        if drum in change and bar.kind in FULL and bar.place % 4 == 3:
            strokes = change[drum].made(strokes)
        for step, meant in strokes:
            if step >= stops or (meant < 0.5 and bar.kind not in FULL and rng.random() < 0.4):
                continue
            frame = hand.exact(bar.index, step) if part is Part.KICK else hand.frame(bar.index, step)
            yield Hit(frame, drum, hand.velocity(meant), _PAN.get(drum, 0.0))
    if fill:
        for drum, late, meant in fill.hits.get(part, ()):
            yield Hit(hand.frame(bar.index, late), drum, hand.velocity(meant), _PAN.get(drum, 0.0))
