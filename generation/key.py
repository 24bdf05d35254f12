"""The key of a piece: a tonic and a mode. Read from and written as "F# minor"."""

import re
from dataclasses import dataclass
from typing import Final

from generation.errors import InvalidBrief

MODES: Final[dict[str, tuple[int, ...]]] = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
}
"""Mode -> the semitones of its seven degrees above the tonic."""

TONICS: Final = ("C", "C#", "D", "D#", "E", "F", "F#", "G", "G#", "A", "A#", "B")
_FLATS: Final = {"Db": "C#", "Eb": "D#", "Gb": "F#", "Ab": "G#", "Bb": "A#"}
_WRITTEN: Final = re.compile(r"([A-G][#b]?) (\w+)")


@dataclass(frozen=True, slots=True)
class Key:
    """A tonic (pitch class, 0 is C) and a mode of MODES."""

    tonic: int
    mode: str

    def __str__(self) -> str:
        return f"{TONICS[self.tonic]} {self.mode}"

    def semitones(self, degree: int) -> int:
        """How far scale degree `degree` (0 is the tonic, 7 its octave, may be negative) lies above the tonic."""
        octave, step = divmod(degree, 7)
        return 12 * octave + MODES[self.mode][step]


def parse_key(written: str) -> Key:
    """Reads "A minor", "Eb major", "F# dorian".

    Raises InvalidBrief if it is none of these.
    """
    found = _WRITTEN.fullmatch(written.strip())
    if found:
        tonic = _FLATS.get(found[1], found[1])
        if tonic in TONICS and found[2] in MODES:
            return Key(TONICS.index(tonic), found[2])
    raise InvalidBrief(f"key {written!r} is not a note and a mode, like 'A minor'; the modes are {', '.join(MODES)}")
