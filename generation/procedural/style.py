"""A style: one way to play a genre, as data. What is a tuple is a choice; the seed makes it (spec.py).

Rhythms are written as one character a step, 16 to a bar, one to four bars long: X accented, x played, o soft, . silent.
Bass lines name what is played: r root, f fifth, o octave, t third, s seventh, n the next chord's root; a capital is accented,
- holds the note before, ~ before a note slides into it. Progressions are scale degrees.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from generation.procedural.channel import Channel
from generation.procedural.company import Company
from generation.procedural.finish import DANCE_FLOOR, Finish
from generation.procedural.form import DANCE, Form
from generation.procedural.kit import Drum
from generation.procedural.part import Part

Groove = Mapping[Drum, str]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Which drums a kit may be put together from; names as in Kit."""

    kick: tuple[str, ...]
    snare: tuple[str, ...]
    clap: tuple[str, ...]
    closed: tuple[str, ...]
    open: tuple[str, ...]
    ride: tuple[str, ...]
    shaker: tuple[str, ...]
    percussion: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Style:
    """One way to play a genre."""

    name: str
    bpm: tuple[int, int]
    modes: tuple[str, ...]
    swing: tuple[float, float]
    progressions: tuple[str, ...]
    colours: tuple[str, ...]
    """Chords, of harmony.COLOURS."""
    bars_a_chord: tuple[int, ...]
    pieces: Pieces
    kicks: tuple[Groove, ...]
    backbeats: tuple[Groove, ...]
    hats: tuple[Groove, ...]
    percussion: tuple[Groove, ...]
    basses: tuple[str, ...]
    bass_lines: tuple[str, ...]
    pads: tuple[str, ...]
    stabs: tuple[str, ...]
    stab_rhythms: tuple[str, ...]
    plucks: tuple[str, ...]
    arp_rhythms: tuple[str, ...]
    leads: tuple[str, ...]
    lead_rhythms: tuple[str, ...]
    """Two bars each."""
    companies: tuple[Company, ...]
    duck_seconds: float
    """How long the music takes to return after a kick."""
    hall_seconds: tuple[float, float]
    levels: Mapping[Part, float]
    """How many dB each part stands above or below the house's usual balance."""
    form: Form = DANCE
    finish: Finish = DANCE_FLOOR
    textures: tuple[str, ...] = ("wind", "vinyl", "rain", "drone")
    desk: Mapping[Part, Channel] = field(default_factory=dict)
    """Strips of the desk that are set otherwise than the house's."""
