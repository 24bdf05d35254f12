"""A brief in the words that MusicGen was trained on: a line as it stands in a music library, with tempo and key.

The model has no fields for tempo and key; it heeds the words more or less. What a brief leaves open is chosen by its seed, so that it is
known what was asked for.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from generation.brief import TEMPI, Brief
from generation.key import TONICS, Key, parse_key

SOUNDS: Final = {
    "drum & bass": "drum and bass with fast breakbeats, a deep sub bass and atmospheric pads",
    "trance": "uplifting trance with a driving kick, a rolling bassline and supersaw leads",
    "house": "deep house with a four-on-the-floor kick, offbeat hi-hats and electric piano chords",
    "techno": "hypnotic techno with a pounding kick, metallic percussion and a dark synth loop",
    "ambient": "ambient music with slowly evolving pads, soft drones and no drums",
    "lo-fi": "lo-fi hip hop with dusty drums, a mellow electric piano and vinyl crackle",
    "synthwave": "synthwave with analog synths, gated drums and a pulsing bass arpeggio",
    "downtempo": "downtempo with a slow heavy groove, a smoky bass and textured percussion",
}
"""Genre -> what is to be heard."""
_MINOR_CHANCE: Final = 0.75
_STREAM: Final = 0x6E0


@dataclass(frozen=True, slots=True)
class Wording:
    """What the model is told of one brief."""

    text: str
    bpm: int
    key: Key
    """As wished, or drawn."""


def word(brief: Brief) -> Wording:
    """The same for the same brief."""
    rng = np.random.default_rng([brief.seed, _STREAM])
    low, high = TEMPI[brief.genre]
    third = (high - low) / 3.0
    drawn = int(rng.integers(round(low + third), round(high - third) + 1))
    tonic, minor = int(rng.integers(12)), bool(rng.random() < _MINOR_CHANCE)
    bpm = round(brief.bpm) if brief.bpm is not None else drawn
    key = parse_key(brief.key) if brief.key is not None else Key(tonic, "minor" if minor else "major")
    parts = [f"{brief.mood.strip()} {SOUNDS[brief.genre]}".strip(), f"{bpm} bpm", f"in {TONICS[key.tonic]} {key.mode}", "instrumental"]
    if brief.words.strip():
        parts.insert(1, " ".join(brief.words.split()))
    return Wording(", ".join(parts), bpm, key)
