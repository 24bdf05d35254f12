"""What the words of a brief's mood do to a track. Words the composer does not know change nothing."""

import re
from dataclasses import dataclass, replace
from typing import Final

from generation.procedural.patch import Patch


@dataclass(frozen=True, slots=True)
class Mood:
    """How far a track leans."""

    light_octaves: float = 0.0
    """Added to every filter's cutoff."""
    space: float = 1.0
    """Factor on the length of the hall."""
    major: float = 0.0
    """Above 0: major modes where the style has them; below: the others."""

    def modes(self, modes: tuple[str, ...]) -> tuple[str, ...]:
        """Those of a style's modes that suit."""
        bright = tuple(mode for mode in modes if mode in ("major", "mixolydian", "dorian"))
        dark = tuple(mode for mode in modes if mode in ("minor", "phrygian"))
        return (bright if self.major > 0 else dark if self.major < 0 else modes) or modes

    def tinted(self, patch: Patch) -> Patch:
        """The patch in this light."""
        return replace(patch, cutoff=patch.cutoff * 2.0**self.light_octaves)


_WORD: Final = re.compile(r"[a-z]+")
_WORDS: Final = {
    "dark": Mood(-0.5, 1.1, -1.0),
    "deep": Mood(-0.35, 1.15, -0.5),
    "warm": Mood(-0.25, 1.0, 0.0),
    "melancholic": Mood(-0.1, 1.2, -1.0),
    "calm": Mood(-0.35, 1.25, 0.0),
    "dreamy": Mood(-0.1, 1.4, 0.5),
    "spacious": Mood(0.0, 1.4, 0.0),
    "dry": Mood(0.0, 0.7, 0.0),
    "bright": Mood(0.4, 1.0, 0.5),
    "happy": Mood(0.25, 1.0, 1.0),
    "uplifting": Mood(0.3, 1.1, 0.5),
    "energetic": Mood(0.4, 0.85, 0.0),
}


def mood_of(words: str) -> Mood:
    """The sum of all known words."""
    known = [_WORDS[word] for word in _WORD.findall(words.lower()) if word in _WORDS]
    space = 1.0
    for mood in known:
        space *= mood.space
    return Mood(
        max(-0.8, min(0.8, sum(mood.light_octaves for mood in known))),
        max(0.6, min(1.6, space)),
        sum(mood.major for mood in known),
    )
