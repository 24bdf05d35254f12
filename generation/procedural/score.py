"""Writes the whole score of a Spec: every part by its own writer, from its own generator."""

from collections.abc import Mapping
from typing import Final

from dsp.block import frames_of
from generation.procedural.arpeggio import write_arpeggio
from generation.procedural.bassline import write_bass
from generation.procedural.beat import write_beat
from generation.procedural.chords import write_pad, write_stabs
from generation.procedural.ending import last_hits, write_ending
from generation.procedural.event import Hit, Note, Score
from generation.procedural.hand import Hand
from generation.procedural.harmony import chart_of
from generation.procedural.melody import write_melody
from generation.procedural.part import Part
from generation.procedural.second_voice import write_second_voice
from generation.procedural.spec import Spec, generator
from generation.procedural.transitions import write_transitions

_LOOSENESS_SECONDS: Final = {Part.BASS: 0.0006, Part.PAD: 0.0, Part.STAB: 0.0012, Part.ARP: 0.0008, Part.LEAD: 0.0014}
_DRUMMERS_SECONDS: Final = 0.0010
_LEGATO: Final = {
    "drum & bass": 0.95,
    "trance": 0.85,
    "house": 0.8,
    "techno": 0.8,
    "ambient": 1.0,
    "lo-fi": 0.9,
    "synthwave": 0.8,
    "downtempo": 0.95,
}
_LONGEST_STAB_STEPS: Final = {
    "drum & bass": 6,
    "trance": 2,
    "house": 2,
    "techno": 3,
    "ambient": 12,
    "lo-fi": 10,
    "synthwave": 4,
    "downtempo": 4,
}


def write_score(spec: Spec) -> Score:
    """All events."""
    brief, plan = spec.brief, spec.plan
    chart = chart_of(plan, spec.key, spec.progression, spec.other_progression, spec.colour, spec.bars_a_chord)
    finish = spec.style.finish
    hands = {part: Hand(spec.grid, generator(brief, part), sigma * finish.looseness) for part, sigma in _LOOSENESS_SECONDS.items()}
    drummer = Hand(spec.grid, generator(brief, "play"), _DRUMMERS_SECONDS * finish.looseness)
    melody = write_melody(spec.tune, plan, chart, spec.key, hands[Part.LEAD])
    notes: dict[Part, tuple[Note, ...]] = {
        Part.BASS: write_bass(spec.bass_line, _LEGATO[brief.genre], plan, chart, spec.key, hands[Part.BASS]),
        Part.PAD: write_pad(plan, chart, hands[Part.PAD]),
        Part.STAB: write_stabs(spec.stab_rhythm, _LONGEST_STAB_STEPS[brief.genre], plan, chart, hands[Part.STAB]),
        Part.ARP: write_arpeggio(spec.arpeggio, plan, chart, hands[Part.ARP]),
        Part.LEAD: tuple(sorted(melody + write_second_voice(melody, plan, spec.grid, chart), key=lambda note: note.frame)),
    }
    ending = write_ending(plan, spec.grid, chart, spec.key, spec.colour, spec.style.form.closes)
    hits = write_beat(spec.beat, plan, drummer, generator(brief, Part.KICK), frames_of(finish.drag_seconds))
    last: Mapping[Part, tuple[Hit, ...]] = last_hits(plan, spec.grid)
    return Score(
        hits={part: found + last.get(part, ()) for part, found in hits.items()},
        notes={part: found + ending.get(part, ()) for part, found in notes.items()},
        sweeps=write_transitions(plan, spec.grid, spec.style.form.gentle, generator(brief, Part.TRANSITIONS)),
    )
