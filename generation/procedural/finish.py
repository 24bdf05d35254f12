"""A finish: what a style does to the sum of its parts, the rooms it stands in, and the balance its master is brought to."""

from dataclasses import dataclass
from typing import Final

DANCE_BALANCE_DB: Final = (-5.0, -4.3, -6.0, -13.3, -16.5)
"""Share of each of mastering.BANDS_HZ in the energy of all five: about -4.5 dB an octave, the average of mastered dance music."""


@dataclass(frozen=True, slots=True)
class Tape:
    """A machine that does not run quite evenly, and what its tape does to the sound."""

    wow_cents: float
    """How far the pitch sways, about twice in three seconds."""
    flutter_cents: float
    """How far it trembles, about seven times a second."""
    highest_hz: float
    """Where the treble ends."""
    drive: float


@dataclass(frozen=True, slots=True)
class Cloud:
    """Grains: scraps of the pad, thrown about in time, pitch and space."""

    a_second: float
    level: float
    """Of each grain beside the pad."""
    hall: float
    """How much of each goes into the hall."""


@dataclass(frozen=True, slots=True)
class Finish:
    """The defaults are the dance floor's."""

    echo_steps: tuple[int, ...] = (3, 3, 3, 2, 6)
    """Lengths of the echo, of which the seed picks one."""
    echo_feedback: float = 0.42
    echo_damping: float = 0.35
    """1 leaves the echoes as bright as the sound."""
    hall_size: float = 1.25
    hall_hz: float = 5200.0
    """Above this the hall swallows."""
    hall_level: float = 0.55
    shimmer: float = 0.0
    """How much of an octave above the sound enters the hall, again and again."""
    cloud: Cloud | None = None
    tape: Tape | None = None
    drag_seconds: float = 0.0
    """How late the backbeat falls."""
    looseness: float = 1.0
    """Factor on how far the players stray from the grid."""
    balance_db: tuple[float, ...] = DANCE_BALANCE_DB
    correlation: float = 0.74
    """Of the two channels."""


DANCE_FLOOR: Final = Finish()
