"""A drum kit: which bass drum, which snare, which metal; and its strokes as sound. One kit serves a whole track."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from dsp.block import Samples
from generation.procedural.cymbals import CLOSED, CRASH, OPEN, RIDES, SHAKERS, cymbal
from generation.procedural.kicks import KICKS, kick
from generation.procedural.percussion import PERCUSSION, skin
from generation.procedural.snares import CLAPS, RIMS, SNARES, snare


class Drum(StrEnum):
    """What can be struck."""

    KICK = "kick"
    SNARE = "snare"
    CLAP = "clap"
    RIM = "rim"
    CLOSED = "closed"
    OPEN = "open"
    RIDE = "ride"
    SHAKER = "shaker"
    CRASH = "crash"
    LOW = "low"
    """The lower stroke of the kit's percussion."""
    HIGH = "high"
    TOM = "tom"


@dataclass(frozen=True, slots=True)
class Kit:
    """The names of a kit's pieces, each a key of the table in its own file."""

    kick: str
    snare: str
    clap: str
    rim: str
    closed: str
    open: str
    ride: str
    shaker: str
    percussion: str
    body_hz: float
    """Where the bass drum comes to rest."""


_LEVEL: Final = {
    Drum.KICK: 1.0,
    Drum.SNARE: 0.9,
    Drum.CLAP: 0.75,
    Drum.RIM: 0.45,
    Drum.CLOSED: 0.42,
    Drum.OPEN: 0.48,
    Drum.RIDE: 0.34,
    Drum.SHAKER: 0.42,
    Drum.CRASH: 0.6,
    Drum.LOW: 0.5,
    Drum.HIGH: 0.45,
    Drum.TOM: 0.7,
}
"""How loud a full stroke is beside the others of its bus."""


def strokes(kit: Kit, rng: np.random.Generator) -> dict[Drum, tuple[Samples, ...]]:
    """The sound of each drum, float32 [2, frames]: two takes of those whose noise would be heard to repeat."""
    low, high = PERCUSSION[kit.percussion]
    made = {
        Drum.KICK: (kick(KICKS[kit.kick], kit.body_hz, rng),),
        Drum.SNARE: tuple(snare(SNARES[kit.snare], rng) for _ in range(2)),
        Drum.CLAP: tuple(snare(CLAPS[kit.clap], rng) for _ in range(2)),
        Drum.RIM: (snare(RIMS[kit.rim], rng),),
        Drum.CLOSED: tuple(cymbal(CLOSED[kit.closed], rng) for _ in range(3)),
        Drum.OPEN: tuple(cymbal(OPEN[kit.open], rng) for _ in range(2)),
        Drum.RIDE: tuple(cymbal(RIDES[kit.ride], rng) for _ in range(2)),
        Drum.SHAKER: tuple(cymbal(SHAKERS[kit.shaker], rng) for _ in range(3)),
        Drum.CRASH: (cymbal(CRASH, rng),),
        Drum.LOW: (skin(low, rng),),
        Drum.HIGH: (skin(high, rng),),
        Drum.TOM: (skin(PERCUSSION["tom"][0], rng),),
    }
    return {drum: tuple(sound * np.float32(_LEVEL[drum]) for sound in sounds) for drum, sounds in made.items()}
