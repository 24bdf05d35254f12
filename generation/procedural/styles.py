"""The styles of each genre, and the house's usual cast: who plays when, whatever the style."""

from typing import Final

import numpy as np

from generation.procedural.drum_and_bass import DRUM_AND_BASS
from generation.procedural.house import HOUSE
from generation.procedural.part import Part
from generation.procedural.plan import Cast, Kind, Stay
from generation.procedural.style import Company, Style
from generation.procedural.techno import TECHNO
from generation.procedural.trance import TRANCE

STYLES: Final[dict[str, tuple[Style, ...]]] = {
    "drum & bass": DRUM_AND_BASS,
    "trance": TRANCE,
    "house": HOUSE,
    "techno": TECHNO,
}
"""Genre -> its styles."""

_ALL: Final = (0.0, 1.0)
_EVERYBODY: Final[dict[Part, Stay]] = {
    Part.KICK: _ALL,
    Part.BACKBEAT: _ALL,
    Part.HATS: _ALL,
    Part.PERCUSSION: _ALL,
    Part.TEXTURE: _ALL,
}


def cast_of(company: Company, rng: np.random.Generator) -> Cast:
    """When each part plays in each section: drums alone at both ends for the mix, no bass drum in the break."""
    voices = [part for part in company.breakdown if part is not Part.LEAD]
    guest = voices[rng.integers(len(voices))]
    return {
        Kind.INTRO: {
            Part.KICK: _ALL,
            Part.HATS: (0.0 if rng.random() < 0.4 else 0.25, 1.0),
            Part.PERCUSSION: (0.5, 1.0),
            Part.BACKBEAT: (0.5, 1.0),
            Part.TEXTURE: _ALL,
            guest: (0.5, 1.0),
        },
        Kind.BUILD: {
            **_EVERYBODY,
            **dict.fromkeys(company.drop, (0.5, 1.0)),
            Part.BASS: _ALL if rng.random() < 0.5 else (0.5, 1.0),
            guest: _ALL,
        },
        Kind.DROP: {**_EVERYBODY, **company.drop},
        Kind.BREAK: {
            **company.breakdown,
            Part.TEXTURE: _ALL,
            **({Part.HATS: (0.5, 1.0)} if rng.random() < 0.4 else {}),
            **({Part.BASS: (0.5, 1.0)} if rng.random() < 0.5 else {}),
        },
        Kind.BUILD2: {
            Part.KICK: (0.5, 1.0),
            Part.HATS: _ALL,
            Part.BACKBEAT: (0.5, 1.0),
            Part.TEXTURE: _ALL,
            **dict.fromkeys(company.breakdown, _ALL),
        },
        Kind.DROP2: {**_EVERYBODY, **company.drop2},
        Kind.OUTRO: {
            Part.KICK: _ALL,
            Part.HATS: (0.0, 0.75),
            Part.PERCUSSION: (0.0, 0.5),
            Part.BACKBEAT: (0.0, 0.5),
            Part.BASS: (0.0, 0.5),
            Part.TEXTURE: _ALL,
            guest: (0.0, 0.5),
        },
    }
