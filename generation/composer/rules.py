"""Ideas by rules: no model, no network, no clock. The same profile, surroundings and generator lead to the same idea."""

from collections.abc import Mapping
from math import exp
from typing import Final

import numpy as np

from generation.composer.character import CHARACTERS, energy_at
from generation.composer.idea import MOODS, Idea, allowed_genres
from generation.composer.profile import Profile
from generation.composer.surroundings import Surroundings, Votes
from generation.key import TONICS, Key, parse_key

_VOTE_PRIOR: Final = 5.0
"""So many ups and downs are thought to be there before anybody has voted."""
_TREND: Final = 0.5
"""What everybody likes elsewhere comes half as often again."""
_RECENT: Final = 6
_TIRED: Final = 0.25
"""How much less often a genre comes for each time it was among the last few, shared over them."""
_ENERGY_WIDTH: Final = 0.35
_ENERGY_FLOOR: Final = 0.05
_NEIGHBOURS: Final = 0.7
"""How often the next key is one that mixes with the last."""
_BY_ENERGY: Final = (
    ("calm", "dreamy", "spacious"),
    ("warm", "deep", "melancholic"),
    ("bright", "happy", "dry"),
    ("energetic", "uplifting", "dark"),
)
_THEMES: Final = (
    ("first light over still water", "an empty room with open windows", "slow snow under street lamps", "a train far away before dawn"),
    ("rain on a glass roof", "a late bus through quiet streets", "smoke above a small stage", "the last table of a cafe"),
    ("a terrace at noon", "friends on a long drive", "a market in the morning sun", "bicycles along the harbour"),
    ("lasers over a full floor", "a tunnel at high speed", "the whole hall with raised hands", "a storm above the skyline"),
)  # fmt: skip


def by_rules(profile: Profile, surroundings: Surroundings, rng: np.random.Generator) -> Idea:
    """An idea for the next track."""
    weights = genre_weights(profile, surroundings)
    names = tuple(weights)
    shares = np.array([weights[name] for name in names])
    genre = names[int(rng.choice(len(names), p=shares / shares.sum()))]
    character = CHARACTERS[genre]
    energy = energy_at(surroundings.hour) if profile.follows_the_clock else character.energy
    band = min(3, int(4.0 * (energy + character.energy) / 2.0))
    lean = min(1.0, max(0.0, 0.5 + (energy - character.energy) / 2.0 + float(rng.normal(0.0, 0.15))))
    own = tuple(word for word in profile.moods.lower().replace(",", " ").split() if word in MOODS)
    mood = str(rng.choice(_BY_ENERGY[band]))
    return Idea(
        genre=genre,
        moods=tuple(dict.fromkeys((*own, mood))),
        bpm=round(character.slowest_bpm + lean * (character.fastest_bpm - character.slowest_bpm), 1),
        key=_key(character.keys, surroundings, rng),
        seconds=round(float(rng.uniform(*profile.seconds)), 1),
        theme=str(rng.choice(_THEMES[band])),
    )


def genre_weights(profile: Profile, surroundings: Surroundings) -> dict[str, float]:
    """How likely each genre that may come next is, in no unit: the profile's share times what hour, votes, trends and rest make of it."""
    recent = [track.genre for track in surroundings.aired[:_RECENT]]
    found = {}
    for genre, share in profile.genres:
        if genre not in allowed_genres(profile, surroundings.aired):
            continue
        trend = min(1.0, max(0.0, surroundings.trends.get(genre, 0.0)))
        rest = _TIRED ** (recent.count(genre) / _RECENT)
        hour = _suits(genre, surroundings.hour) if profile.follows_the_clock else 1.0
        found[genre] = share * hour * _liking(surroundings.votes, genre) * (1.0 + _TREND * trend) * rest
    return found


def _suits(genre: str, hour: float) -> float:
    apart = (CHARACTERS[genre].energy - energy_at(hour)) / _ENERGY_WIDTH
    return max(_ENERGY_FLOOR, exp(-apart * apart))


def _liking(votes: Mapping[str, Votes], genre: str) -> float:
    """0 to 2; 1 while nobody has voted."""
    cast = votes.get(genre, Votes(0.0, 0.0))
    return 2.0 * (cast.ups + _VOTE_PRIOR) / (cast.ups + cast.downs + 2.0 * _VOTE_PRIOR)


def _key(modes: tuple[str, ...], surroundings: Surroundings, rng: np.random.Generator) -> str:
    """Of one of these modes; usually the last track's tonic, a fifth up or a fifth down."""
    weights = np.array([1.0 / (place + 1.0) for place in range(len(modes))])
    mode = modes[int(rng.choice(len(modes), p=weights / weights.sum()))]
    last = next((track.key for track in surroundings.aired if track.key), None)
    if last is not None and rng.random() < _NEIGHBOURS:
        tonic = (parse_key(last).tonic + int(rng.choice((0, 7, 5)))) % 12
    else:
        tonic = int(rng.integers(len(TONICS)))
    return str(Key(tonic, mode))
