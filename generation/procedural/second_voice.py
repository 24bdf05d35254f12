"""Writes a second voice under the melody, when all is said and the piece comes to its height."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from generation.procedural.event import Note
from generation.procedural.grid import Grid
from generation.procedural.harmony import Chord
from generation.procedural.plan import Kind, Plan

_NEAREST: Final = 3
"""Semitones below the melody: a third at least."""
_FURTHEST: Final = 9
_SOFTER: Final = 0.55


def write_second_voice(melody: Sequence[Note], plan: Plan, grid: Grid, chart: Sequence[Chord]) -> tuple[Note, ...]:
    """Under each note of the second drop's second half the highest tone of the chord that is a third to a sixth below, softer."""
    bars = {bar.index for bar in plan.walk() if bar.kind is Kind.DROP2 and bar.along >= 0.5}
    found = []
    for note in melody:
        index = min(int((note.frame + grid.step_frames / 2.0) // grid.bar_frames), len(chart) - 1)
        below = [note.pitch - down for down in range(_NEAREST, _FURTHEST + 1) if (note.pitch - down) % 12 in chart[index].tones]
        if index in bars and below:
            found.append(replace(note, pitch=below[0], velocity=note.velocity * _SOFTER, glide_from=None))
    return tuple(found)
