"""What each genre is like, as far as it decides when it airs and at what tempo."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Character:
    """Of one genre."""

    energy: float
    """0 (falling asleep) to 1 (the height of the night)."""
    slowest_bpm: float
    fastest_bpm: float
    """Where the genre is at home, within what generation/brief.py allows."""
    keys: tuple[str, ...]
    """Modes that suit it, the usual first."""


CHARACTERS: Final = {
    "drum & bass": Character(0.90, 170.0, 176.0, ("minor", "dorian")),
    "trance": Character(0.75, 132.0, 140.0, ("minor", "major")),
    "house": Character(0.60, 120.0, 126.0, ("dorian", "minor", "mixolydian")),
    "techno": Character(0.80, 128.0, 138.0, ("phrygian", "minor")),
    "ambient": Character(0.10, 62.0, 84.0, ("major", "dorian", "minor")),
    "lo-fi": Character(0.25, 70.0, 88.0, ("dorian", "minor", "major")),
    "synthwave": Character(0.55, 84.0, 116.0, ("minor", "major")),
    "downtempo": Character(0.35, 80.0, 104.0, ("minor", "dorian")),
}
"""Genre -> its character."""

_ENERGY_BY_HOUR: Final = (0.75, 0.65, 0.45, 0.30, 0.20, 0.20, 0.35, 0.45, 0.50, 0.45, 0.45, 0.45,
                          0.50, 0.45, 0.40, 0.45, 0.55, 0.60, 0.60, 0.65, 0.75, 0.85, 0.90, 0.85)  # fmt: skip


def energy_at(hour: float) -> float:
    """What an hour of the day (0 to 24, local) asks for; between two hours in a straight line."""
    first = int(hour) % 24
    share = hour - int(hour)
    return (1.0 - share) * _ENERGY_BY_HOUR[first] + share * _ENERGY_BY_HOUR[(first + 1) % 24]
