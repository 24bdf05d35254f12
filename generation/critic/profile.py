"""What is expected of each genre, and how well a take comes up to it: every part of the score, 0 to 1.

The expectations are wide. They tell a take that is balanced, in its key and on its beat from one that is not; they have no taste.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from dsp.block import SAMPLE_RATE
from dsp.chroma import chroma_of, tuning_semitones
from dsp.key import evidence, judge
from dsp.spectrogram import WINDOW_FRAMES, Spectrogram
from generation.errors import InvalidBrief
from generation.key import parse_key

BANDS_HZ: Final = ((20.0, 60.0), (60.0, 250.0), (250.0, 2_000.0), (2_000.0, 6_000.0), (6_000.0, 12_000.0))
_MINOR: Final = ("minor", "dorian", "phrygian")
_FREE_DB: Final = 1.5
"""So far a band may be off without cost;"""
_WORTHLESS_DB: Final = 14.0
"""so far on average, and the balance is worth nothing."""
_KEY_WORTHLESS: Final = 3.0
"""Logarithm of how much likelier another key is than the one claimed."""
_ALIKE: Final = 0.5
"""Takes that have nothing to do with one another are that alike."""
_QUIET_END_DB: Final = -40.0


@dataclass(frozen=True, slots=True)
class Profile:
    """Of one genre."""

    balance_db: tuple[float, float, float, float, float]
    """The power of each of BANDS_HZ beside the whole."""
    range_lu: tuple[float, float]
    """Between these its dynamics are as they should be."""
    danced: bool = True
    """It is nothing without a beat: then the limit of pulse holds."""


_DANCE: Final = (-4.5, -3.5, -8.0, -14.0, -15.0)
_CALM: Final = (-7.0, -3.5, -5.0, -16.0, -19.0)
PROFILES: Final[Mapping[str, Profile]] = {
    "drum & bass": Profile(_DANCE, (3.0, 12.0)),
    "trance": Profile(_DANCE, (3.0, 12.0)),
    "house": Profile(_DANCE, (2.0, 12.0)),
    "techno": Profile(_DANCE, (2.0, 12.0)),
    "ambient": Profile((-13.0, -5.5, -2.5, -16.0, -28.0), (2.0, 18.0), danced=False),
    "lo-fi": Profile(_CALM, (2.0, 14.0), danced=False),
    "synthwave": Profile((-6.0, -4.0, -5.0, -13.0, -17.0), (2.0, 14.0), danced=False),
    "downtempo": Profile(_CALM, (2.0, 14.0), danced=False),
}
WEIGHTS: Final[Mapping[str, float]] = {
    "balance": 0.25,
    "pulse": 0.2,
    "key": 0.15,
    "dynamics": 0.1,
    "form": 0.1,
    "distance": 0.1,
    "end": 0.1,
}
_CALM_PULSE: Final = 0.25
"""What the pulse weighs in music that is not danced to, of its weight."""


def balance(profile: Profile, spectrogram: Spectrogram) -> float:
    """How near the spectrum's balance is to the genre's."""
    hertz = np.arange(spectrogram.lines.size) * SAMPLE_RATE / WINDOW_FRAMES
    powers = [float(spectrogram.lines[(hertz >= low) & (hertz < high)].sum()) for low, high in BANDS_HZ]
    total = sum(powers)
    if not total > 0.0:
        return 0.0
    levels = [10.0 * np.log10(max(power / total, 1e-6)) for power in powers]
    off = [max(0.0, abs(level - wanted) - _FREE_DB) for level, wanted in zip(levels, profile.balance_db, strict=True)]
    return _share(float(np.mean(off)), _WORTHLESS_DB - _FREE_DB, 0.0)


def in_key(key: str, spectrogram: Spectrogram) -> float:
    """How well the notes fit the key that the take claims; 0.5 where it claims none or nothing can be said."""
    try:
        claimed = parse_key(key)
    except InvalidBrief:
        return 0.5
    parts = evidence(chroma_of(spectrogram, tuning_semitones(spectrogram)))
    if not parts.any():
        return 0.5
    scores = judge(parts)
    return _share(float(scores.max() - scores[claimed.tonic + 12 * (claimed.mode in _MINOR)]), _KEY_WORTHLESS, 0.0)


def dynamics(profile: Profile, range_lu: float) -> float:
    """Whether it breathes as its genre does."""
    low, high = profile.range_lu
    return _share(max(low - range_lu, range_lu - high, 0.0), low + 4.0, 0.0)


def distance(likeness: float) -> float:
    """How far it is from the last takes."""
    return _share(likeness, 1.0, _ALIKE)


def ending(end_db: float, loudest_db: float) -> float:
    """Whether it ends, rather than breaks off."""
    return _share(end_db, loudest_db, _QUIET_END_DB)


def score(profile: Profile, parts: Mapping[str, float]) -> float:
    """All parts of WEIGHTS together, 0 to 1."""
    weights = dict(WEIGHTS) if profile.danced else {**WEIGHTS, "pulse": _CALM_PULSE * WEIGHTS["pulse"]}
    return sum(weight * parts[name] for name, weight in weights.items()) / sum(weights.values())


def _share(value: float, worthless: float, whole: float) -> float:
    """1 at `whole` and beyond, 0 at `worthless` and beyond."""
    return float(np.clip((worthless - value) / (worthless - whole), 0.0, 1.0))
