"""An idea: what a track is to be, before a variant words it. Made by rules or by a language model; a value that is checked either way."""

from dataclasses import dataclass, replace
from typing import Final

from generation.brief import TEMPI
from generation.composer.character import CHARACTERS
from generation.composer.profile import Profile
from generation.composer.surroundings import Aired
from generation.errors import InvalidBrief
from generation.key import parse_key

LONGEST_RUN: Final = 2
"""So many tracks of one genre may follow one another, if the station has others."""
MOODS: Final = (
    "dark",
    "deep",
    "warm",
    "melancholic",
    "calm",
    "dreamy",
    "spacious",
    "dry",
    "bright",
    "happy",
    "uplifting",
    "energetic",
)
"""The words of mood that backends heed (generation/procedural/mood.py)."""


@dataclass(frozen=True, slots=True)
class Idea:
    """Raises InvalidBrief for what is none."""

    genre: str
    moods: tuple[str, ...]
    bpm: float
    key: str
    seconds: float
    theme: str = ""
    """A picture in a few plain words, for backends that read."""

    def __post_init__(self) -> None:
        slowest, fastest = TEMPI.get(self.genre, (0.0, 0.0))
        if not slowest <= self.bpm <= fastest:
            raise InvalidBrief(f"{self.bpm} BPM is no tempo of {self.genre}")
        if unknown := set(self.moods) - set(MOODS):
            raise InvalidBrief(f"{', '.join(sorted(unknown))} is no word of mood")
        parse_key(self.key)

    def at_home(self, bpm: float) -> "Idea":
        """In another tempo, brought to where the genre is at home."""
        character = CHARACTERS[self.genre]
        return replace(self, bpm=round(min(character.fastest_bpm, max(character.slowest_bpm, bpm)), 1))


def allowed_genres(profile: Profile, aired: tuple[Aired, ...]) -> tuple[str, ...]:
    """Those of the station that may come next: not the one that has had its run, unless it is the only one."""
    genres = tuple(genre for genre, _ in profile.genres)
    run = {track.genre for track in aired[:LONGEST_RUN]}
    if len(aired) < LONGEST_RUN or len(run) > 1:
        return genres
    return tuple(genre for genre in genres if genre not in run) or genres
