"""Companies: which voices play together; and casts, which say in which bars each of them plays, in the manner of a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from generation.procedural.part import Part
from generation.procedural.plan import Cast, Kind, Stay

_ALL: Final = (0.0, 1.0)
_EVERYBODY: Final[dict[Part, Stay]] = {
    Part.KICK: _ALL,
    Part.BACKBEAT: _ALL,
    Part.HATS: _ALL,
    Part.PERCUSSION: _ALL,
    Part.TEXTURE: _ALL,
}


@dataclass(frozen=True, slots=True)
class Company:
    """Which voices play together in the drops and in the break, and when they enter and leave."""

    drop: Mapping[Part, Stay]
    drop2: Mapping[Part, Stay]
    breakdown: Mapping[Part, Stay]


def _guest(company: Company, rng: np.random.Generator) -> Part:
    """A voice of the break that is heard before and after the rest."""
    voices = [part for part in company.breakdown if part is not Part.LEAD]
    return voices[rng.integers(len(voices))]


def dance_cast(company: Company, rng: np.random.Generator) -> Cast:
    """Drums alone at both ends for the mix, no bass drum in the break."""
    guest = _guest(company, rng)
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


def song_cast(company: Company, rng: np.random.Generator) -> Cast:
    """A voice begins, the drums come to it, and it is the last to leave."""
    guest = _guest(company, rng)
    return {
        Kind.INTRO: {
            Part.TEXTURE: _ALL,
            guest: _ALL,
            Part.HATS: (0.5, 1.0),
            **({Part.KICK: (0.5, 1.0)} if rng.random() < 0.5 else {Part.PERCUSSION: (0.5, 1.0)}),
        },
        Kind.DROP: {**_EVERYBODY, **company.drop},
        Kind.BREAK: {
            **company.breakdown,
            Part.TEXTURE: _ALL,
            **({Part.HATS: _ALL} if rng.random() < 0.4 else {Part.PERCUSSION: (0.5, 1.0)}),
            **({Part.BASS: _ALL} if rng.random() < 0.6 else {}),
        },
        Kind.DROP2: {**_EVERYBODY, **company.drop2},
        Kind.OUTRO: {
            Part.KICK: (0.0, 0.5),
            Part.BACKBEAT: (0.0, 0.5),
            Part.HATS: (0.0, 0.75),
            Part.BASS: (0.0, 0.5),
            Part.TEXTURE: _ALL,
            guest: _ALL,
        },
    }


def still_cast(company: Company, rng: np.random.Generator) -> Cast:
    """No drums: voices come and go, and there is always one."""
    guest = _guest(company, rng)
    return {
        Kind.INTRO: {guest: (0.5, 1.0), Part.TEXTURE: _ALL, Part.PAD: _ALL},
        Kind.DROP: {Part.TEXTURE: _ALL, Part.BASS: _ALL, **company.drop},
        Kind.BREAK: {Part.TEXTURE: _ALL, **company.breakdown},
        Kind.DROP2: {Part.TEXTURE: _ALL, Part.BASS: _ALL, **company.drop2},
        Kind.OUTRO: {guest: (0.0, 0.5), Part.TEXTURE: _ALL, Part.PAD: _ALL, Part.BASS: (0.0, 0.5)},
    }
