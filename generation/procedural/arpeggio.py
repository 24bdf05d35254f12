"""Writes arpeggios: a chord's tones one after another, in an order that repeats."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from generation.procedural.event import Note
from generation.procedural.hand import Hand
from generation.procedural.harmony import Chord
from generation.procedural.part import Part
from generation.procedural.plan import PHRASE_BARS, Kind, Plan
from generation.procedural.rhythm import struck

ORDERS: Final[dict[str, tuple[int, ...]]] = {
    "up": (0, 1, 2, 3),
    "down": (3, 2, 1, 0),
    "up and down": (0, 1, 2, 3, 2, 1),
    "pedal": (0, 2, 0, 3, 0, 1, 0, 3),
    "broken": (0, 2, 1, 3, 2, 4),
    "leaping": (0, 3, 1, 4, 2, 5),
    "threes": (0, 1, 2),
    "falling": (5, 3, 4, 2, 3, 1),
}
"""Numbers of chord tones, counted upwards; beyond the last one they go on in the next octave."""
_HIGHEST_PITCH: Final = 93


@dataclass(frozen=True, slots=True)
class Arpeggio:
    """How a chord is taken apart."""

    order: str
    """Of ORDERS."""
    rhythm: str
    octave: int
    """Octaves above the chord's own voicing."""
    steps: float
    """How long each tone is held."""


def write_arpeggio(arpeggio: Arpeggio, plan: Plan, chart: Sequence[Chord], hand: Hand) -> tuple[Note, ...]:
    """The order goes on through the bars of a section and begins again with each; every other phrase runs backwards.

    In the second half of the second drop it climbs an octave.
    """
    forwards = ORDERS[arpeggio.order]
    backwards = forwards[::-1]
    notes = []
    turn = 0
    for bar in plan.playing(Part.ARP):
        turn = 0 if bar.place == 0 else turn
        order = backwards if bar.place // PHRASE_BARS % 2 else forwards
        voicing = chart[bar.index].voicing[:4]
        for step, meant in struck(arpeggio.rhythm, bar.place):
            octave, tone = divmod(order[turn % len(order)], len(voicing))
            pitch = voicing[tone] + 12 * (octave + arpeggio.octave)
            if bar.kind is Kind.DROP2 and bar.along >= 0.5 and pitch + 12 <= _HIGHEST_PITCH:
                pitch += 12
            frame = hand.frame(bar.index, step)
            notes.append(Note(frame, hand.frames(arpeggio.steps), pitch, hand.velocity(meant)))
            turn += 1
    return tuple(notes)
