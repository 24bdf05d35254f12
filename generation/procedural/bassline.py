"""Writes the bass: a line of style.py over the chart."""

from collections.abc import Iterator, Sequence
from typing import Final

from generation.key import Key
from generation.procedural.event import Note
from generation.procedural.grid import STEPS
from generation.procedural.hand import Hand
from generation.procedural.harmony import Chord
from generation.procedural.part import Part
from generation.procedural.pitch import nearest_octave
from generation.procedural.plan import FULL, RISING, Bar, Kind, Plan
from generation.procedural.rhythm import bar_of

CENTRE_PITCH: Final = 35
"""Roots lie within a tritone of it: 44 to 87 Hz."""
_MOVING: Final = 4
"""A line with as many notes in a bar is no held tone."""
_STEPS: Final = {"r": 0, "t": 2, "f": 4, "s": 6, "o": 7}
"""Scale steps above the root."""


def write_bass(line: str, legato: float, plan: Plan, chart: Sequence[Chord], key: Key, hand: Hand) -> tuple[Note, ...]:
    """The notes of the bass. `legato` is how much of a step's length a note is held."""
    notes: list[Note] = []
    for bar in plan.playing(Part.BASS):
        if bar.kind in RISING and bar.left == 0:
            continue
        notes += _bar(_turned(bar_of(line, bar.place), bar), legato, bar, chart, key, hand)
    return tuple(notes)


def root_pitch(chord: Chord) -> int:
    """Where the bass plays that chord's root."""
    return nearest_octave(chord.root, CENTRE_PITCH)


def _turned(marks: str, bar: Bar) -> str:
    """A line that moves leads to the next chord at the end of every fourth bar of a drop, and so says that something follows."""
    moves = sum(mark.isalpha() for mark in marks) >= _MOVING
    return f"{marks[: STEPS - 2]}fn" if moves and bar.kind in FULL and bar.place % 4 == 3 else marks


def _bar(marks: str, legato: float, bar: Bar, chart: Sequence[Chord], key: Key, hand: Hand) -> Iterator[Note]:
    chord = chart[bar.index]
    following = chart[min(bar.index + 1, len(chart) - 1)]
    before: int | None = None
    slides = False
    for step, mark in enumerate(marks):
        if mark == "~":
            slides = True
        if mark in "-.~":
            continue
        pitch = root_pitch(following) if mark in "nN" else _pitch(chord, mark.lower(), key)
        held = 1
        while step + held < STEPS and marks[step + held] in "-~":
            held += 1
        loud = 1.0 if mark.isupper() else 0.8
        soft = 0.75 if bar.kind is Kind.BREAK else 1.0
        length = hand.frames(held - 1 + legato) if not slides or held > 1 else hand.frames(1.05)
        yield Note(hand.frame(bar.index, step), length, pitch, hand.velocity(loud) * soft, before if slides else None)
        before, slides = pitch, False


def _pitch(chord: Chord, mark: str, key: Key) -> int:
    root = root_pitch(chord)
    return root + key.semitones(chord.degree + _STEPS[mark]) - key.semitones(chord.degree)
