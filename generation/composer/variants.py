"""Four ways to word one idea. Which of them a station's listeners like is learnt, genre by genre (generation/bandit/).

A variant changes what every backend heeds (mood, tempo, mode), and the words for those that read.
"""

from dataclasses import dataclass
from typing import Final

from generation.bandit.arm import Prior
from generation.brief import Brief
from generation.composer.character import CHARACTERS
from generation.composer.idea import Idea
from generation.key import Key, parse_key


@dataclass(frozen=True, slots=True)
class Variant:
    """One way."""

    name: str
    moods: tuple[str, ...]
    """Added to the idea's."""
    lean: float
    """How much of the way from the genre's slowest to its fastest tempo it adds."""
    modes: tuple[str, ...]
    """What the key becomes if the idea's mode is none of these and one of these suits the genre; empty: as it is."""
    words: str
    prior: Prior


VARIANTS: Final = (
    Variant("classic", (), 0.0, (), "a timeless arrangement, clear hooks, nothing in excess", Prior(1.2, 1.0)),
    Variant("driving", ("energetic", "dry"), 0.3, (), "a relentless groove, tight drums, forward motion", Prior()),
    Variant("deep", ("deep", "warm"), -0.3, ("minor", "dorian"), "a hypnotic low end, few elements, slow changes", Prior()),
    Variant(
        "bright", ("bright", "uplifting"), 0.1, ("major", "mixolydian", "dorian"), "an open melody, wide chords, a hopeful lift", Prior()
    ),
)
"""The first is a trifle more trusted than the others before anybody has heard them."""
NAMES: Final = tuple(variant.name for variant in VARIANTS)
PRIORS: Final = {variant.name: variant.prior for variant in VARIANTS}


def worded(idea: Idea, name: str, seed: int) -> Brief:
    """The brief of that idea in that variant. Raises KeyError for a variant that is none."""
    variant = {one.name: one for one in VARIANTS}[name]
    character = CHARACTERS[idea.genre]
    at = idea.at_home(idea.bpm + variant.lean * (character.fastest_bpm - character.slowest_bpm))
    moods = tuple(dict.fromkeys((*idea.moods, *variant.moods)))
    key = _key(idea, variant)
    sentence = f"Instrumental {idea.genre}, {', '.join(moods) or 'plain'}, {at.bpm:g} BPM in {key}: {variant.words}."
    return Brief(
        genre=idea.genre,
        seed=seed,
        seconds=idea.seconds,
        bpm=at.bpm,
        key=key,
        mood=" ".join(moods),
        words=f"{sentence} {idea.theme[:1].upper()}{idea.theme[1:]}." if idea.theme else sentence,
    )


def _key(idea: Idea, variant: Variant) -> str:
    key = parse_key(idea.key)
    suiting = [mode for mode in CHARACTERS[idea.genre].keys if mode in variant.modes]
    if key.mode in variant.modes or not suiting:
        return str(key)
    return str(Key(key.tonic, suiting[0]))
