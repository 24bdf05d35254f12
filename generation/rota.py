"""The rota: what a station's studio makes next when nobody composes. A count says it all: number n is always the same brief."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from generation.brief import GENRES, Brief
from generation.errors import InvalidBrief

_SHORTEST_SECONDS: Final = 150.0
_LONGEST_SECONDS: Final = 235.0


class Rota:
    """Of one station. It keeps no state: the count, which the caller keeps over restarts, is all there is."""

    def __init__(
        self,
        genres: Sequence[str] = GENRES,
        seed: int = 0,
        seconds: tuple[float, float] = (_SHORTEST_SECONDS, _LONGEST_SECONDS),
        mood: str = "",
    ) -> None:
        """`genres` take turns; `seconds` are the shortest and the longest track; `seed` is the station's own.

        Raises InvalidBrief if no track can be made of these.
        """
        if not genres:
            raise InvalidBrief("a rota needs at least one genre")
        self._genres = tuple(genres)
        self._seed = seed
        self._seconds = seconds
        self._mood = mood
        for number in range(len(self._genres)):
            self.brief_at(number)

    def brief_at(self, counter: int) -> Brief:
        """What take number `counter` of this station is asked for."""
        rng = np.random.default_rng([self._seed, counter, 0])
        return Brief(
            genre=self._genres[counter % len(self._genres)],
            seed=int(rng.integers(2**63)),
            seconds=round(float(rng.uniform(*self._seconds)), 1),
            mood=self._mood,
        )
