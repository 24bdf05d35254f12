"""Writes what plays chords: the pad, which holds them, and the stab, which strikes them."""

from collections.abc import Iterator, Sequence
from typing import Final

from generation.procedural.event import Note
from generation.procedural.hand import Hand
from generation.procedural.harmony import Chord
from generation.procedural.part import Part
from generation.procedural.pitch import nearest_octave
from generation.procedural.plan import Bar, Plan
from generation.procedural.rhythm import lengths

_FLOOR_PITCH: Final = 46
"""Roots of a pad that stands alone lie within a tritone of it."""


def write_pad(plan: Plan, chart: Sequence[Chord], hand: Hand) -> tuple[Note, ...]:
    """Each chord held from its first bar to its last, as long as the pad plays and the section lasts.

    Where no bass plays it has its root below.
    """
    notes: list[Note] = []
    carried = {bar.index for bar in plan.playing(Part.BASS)}
    for first, bars in _runs(list(plan.playing(Part.PAD)), chart):
        frame, end = hand.exact(first.index, 0), hand.exact(first.index + bars, 0)
        notes += [Note(frame, end - frame, pitch, hand.velocity(0.85)) for pitch in chart[first.index].voicing]
        if first.index not in carried:
            root = nearest_octave(chart[first.index].root, _FLOOR_PITCH)
            notes.append(Note(frame, end - frame, root, hand.velocity(0.8)))
    return tuple(notes)


def _runs(bars: Sequence[Bar], chart: Sequence[Chord]) -> Iterator[tuple[Bar, int]]:
    """(first bar, how many bars) of each chord that is held."""
    first, count = None, 0
    for bar in bars:
        goes_on = (
            first is not None
            and bar.index == first.index + count
            and bar.kind is first.kind
            and chart[bar.index].voicing == chart[first.index].voicing
            and count < 4
        )
        if first is not None and not goes_on:
            yield first, count
        first, count = (first, count + 1) if goes_on else (bar, 1)
    if first is not None:
        yield first, count


def write_stabs(rhythm: str, longest_steps: int, plan: Plan, chart: Sequence[Chord], hand: Hand) -> tuple[Note, ...]:
    """The chord of each bar in a rhythm. A chord's tones are struck together, the upper ones a little softer."""
    notes: list[Note] = []
    for bar in plan.playing(Part.STAB):
        for step, meant, steps in lengths(rhythm, bar.place, longest_steps):
            frame, velocity = hand.frame(bar.index, step), hand.velocity(meant)
            voicing = chart[bar.index].voicing
            notes += [Note(frame, hand.frames(steps * 0.92), pitch, velocity * (1.0 - 0.05 * up)) for up, pitch in enumerate(voicing)]
    return tuple(notes)
