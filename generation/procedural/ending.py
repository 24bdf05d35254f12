"""Writes the ending: after the last bar the piece comes home, on the one, and rings out."""

from collections.abc import Mapping, Sequence
from typing import Final

from dsp.block import frames_of
from generation.key import Key
from generation.procedural.bassline import CENTRE_PITCH
from generation.procedural.event import Hit, Note
from generation.procedural.grid import Grid
from generation.procedural.harmony import Chord, lead_to, tones_of
from generation.procedural.kit import Drum
from generation.procedural.part import Part
from generation.procedural.pitch import nearest_octave
from generation.procedural.plan import Plan

_CHORD_BEATS: Final = 2.0
_BASS_BEATS: Final = 2.0
_VELOCITY: Final = {Part.PAD: 0.8, Part.STAB: 0.75, Part.ARP: 0.7}
_STRUM_SECONDS: Final = 0.03
"""Between the voices of what is struck: a last chord is played with care."""


def write_ending(plan: Plan, grid: Grid, chart: Sequence[Chord], key: Key, colour: str, closes: bool) -> dict[Part, tuple[Note, ...]]:
    """The tonic chord where the next bar would begin, for those who played before it. Where a piece does not close, the bass alone."""
    frame, beat = grid.frame_of(plan.bars), 4.0 * grid.step_frames
    voicing = lead_to(chart[-1].voicing, tones_of(key, 0, "triad" if colour == "fifth" else colour))
    found: dict[Part, tuple[Note, ...]] = {}
    if plays(plan, Part.BASS):
        root = nearest_octave(key.tonic, CENTRE_PITCH)
        found[Part.BASS] = (Note(frame, round((_BASS_BEATS if closes else 0.5) * beat), root, 0.8),)
    if not closes:
        return found
    apart = frames_of(_STRUM_SECONDS)
    for part, velocity in _VELOCITY.items():
        if not plays(plan, part):
            continue
        late = 0 if part is Part.PAD else apart
        tones = [pitch + 12 for pitch in voicing[-2:]] if part is Part.ARP else voicing
        found[part] = tuple(Note(frame + late * up, round(_CHORD_BEATS * beat), pitch, velocity) for up, pitch in enumerate(tones))
    return found


def last_hits(plan: Plan, grid: Grid) -> Mapping[Part, tuple[Hit, ...]]:
    """The bass drum of those who have one, on the one."""
    return {Part.KICK: (Hit(grid.frame_of(plan.bars), Drum.KICK, 0.9),)} if plays(plan, Part.KICK) else {}


def plays(plan: Plan, part: Part) -> bool:
    """Whether the form has any place for it."""
    return next(plan.playing(part), None) is not None
