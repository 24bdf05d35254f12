"""A brief in the words that ACE-Step was trained on: a caption, a lyric that holds nothing but the names of sections, tempo and key.

The tempo is not written into the caption: the model has a field of its own for it and is told twice otherwise. What a brief leaves open
is chosen by its seed, so that it is known what was asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from generation.brief import TEMPI, Brief
from generation.key import TONICS, Key, parse_key

SOUNDS: Final = {
    "drum & bass": "drum and bass, fast breakbeats, deep sub bass, atmospheric pads, energetic",
    "trance": "uplifting trance, driving four-on-the-floor kick, rolling bassline, supersaw leads, soaring arpeggios, euphoric",
    "house": "deep house, four-on-the-floor kick, offbeat hi-hats, warm bassline, soulful electric piano chords, groovy",
    "techno": "techno, pounding kick, hypnotic synth loops, industrial percussion, dark rumble, driving",
    "ambient": "ambient, slowly evolving pads, soft drones, wide reverb, no drums, calm",
    "lo-fi": "lo-fi hip hop, dusty boom bap drums, mellow electric piano, vinyl crackle, laid-back",
    "synthwave": "synthwave, analog synths, gated drums, pulsing bass arpeggio, neon 1980s, nostalgic",
    "downtempo": "downtempo, slow heavy groove, smoky bass, textured percussion, cinematic, laid-back",
}
"""Genre -> style, instruments, temper."""
INSTRUMENTAL: Final = "[Instrumental]"
LANGUAGE: Final = "unknown"
"""Nobody sings."""
TIME_SIGNATURE: Final = "4"
_TAGS: Final = {
    "intro": "[Intro]",
    "build": "[Build]",
    "drop": "[Drop]",
    "theme": "[Main Theme]",
    "break": "[Breakdown]",
    "outro": "[Outro]",
}
_DANCED: Final = ("intro", "build", "drop", "break", "build", "drop", "outro")
_HEARD: Final = ("intro", "theme", "break", "theme", "outro")
_NOT_DANCED: Final = frozenset({"ambient", "lo-fi", "downtempo", "synthwave"})
_MINOR_CHANCE: Final = 0.75
_NEAREST: Final = {"dorian": "minor", "phrygian": "minor", "mixolydian": "major"}
"""The model knows two modes; the third of a mode decides which one is meant, and its own name goes into the caption."""


@dataclass(frozen=True, slots=True)
class Wording:
    """What the model is told of one brief."""

    caption: str
    lyrics: str
    bpm: int
    key: Key
    """As wished, or drawn."""
    seconds: float

    @property
    def keyscale(self) -> str:
        """The key as far as the model knows it: "D minor" for D dorian."""
        return f"{TONICS[self.key.tonic]} {_NEAREST.get(self.key.mode, self.key.mode)}"


def word(brief: Brief) -> Wording:
    """The same for the same brief."""
    rng = np.random.default_rng([brief.seed, 0xACE])
    low, high = TEMPI[brief.genre]
    drawn = int(rng.integers(round(low + (high - low) / 3.0), round(high - (high - low) / 3.0) + 1))
    tonic, minor = int(rng.integers(12)), bool(rng.random() < _MINOR_CHANCE)
    key = parse_key(brief.key) if brief.key is not None else Key(tonic, "minor" if minor else "major")
    bpm = round(brief.bpm) if brief.bpm is not None else drawn
    return Wording(_caption(brief, key), _lyrics(brief), bpm, key, brief.seconds)


def _caption(brief: Brief, key: Key) -> str:
    parts = [brief.mood.strip(), SOUNDS[brief.genre], "instrumental, no vocals"]
    if key.mode in _NEAREST:
        parts.append(f"{key.mode} mode")
    if brief.words.strip():
        parts.append(" ".join(brief.words.split()))
    return ", ".join(part for part in parts if part)


def _lyrics(brief: Brief) -> str:
    names: Sequence[str] = [one.name for one in brief.sections] or (_HEARD if brief.genre in _NOT_DANCED else _DANCED)
    return "\n".join([INSTRUMENTAL, *(_TAGS[name] for name in names)])
