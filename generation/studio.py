"""The studio: turns a count into a track. It chooses what to ask for, has it made, has it judged, and asks again if it is refused.

It keeps no state and knows no files: the count, which the caller keeps over restarts, says it all. Take number n of a station is always
made from the same brief.
"""

from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import numpy as np

from generation.backend import Backend, Progress, unheard
from generation.brief import GENRES, Brief
from generation.critic import Verdict
from generation.errors import InvalidBrief, TakesRefused
from generation.take import Take

Critic: TypeAlias = Callable[[Take], Verdict]

_SHORTEST_SECONDS: Final = 150.0
_LONGEST_SECONDS: Final = 235.0


class Studio:
    """Makes one track after the other for one station."""

    def __init__(
        self,
        backend: Backend,
        critic: Critic,
        genres: Sequence[str] = GENRES,
        seed: int = 0,
        seconds: tuple[float, float] = (_SHORTEST_SECONDS, _LONGEST_SECONDS),
        attempts: int = 3,
        mood: str = "",
    ) -> None:
        """`genres` take turns; `seconds` are the shortest and the longest track; `seed` is the station's own.

        Raises InvalidBrief if no track can be made of these.
        """
        if not genres:
            raise InvalidBrief("a studio needs at least one genre")
        if attempts < 1:
            raise InvalidBrief(f"attempts {attempts} is less than 1")
        self._backend = backend
        self._critic = critic
        self._genres = tuple(genres)
        self._seed = seed
        self._seconds = seconds
        self._attempts = attempts
        self._mood = mood
        for number in range(len(self._genres)):
            self.brief_at(number)

    def brief_at(self, counter: int, attempt: int = 0) -> Brief:
        """What take number `counter` of this station is asked for."""
        rng = np.random.default_rng([self._seed, counter, attempt])
        return Brief(
            genre=self._genres[counter % len(self._genres)],
            seed=int(rng.integers(2**63)),
            seconds=round(float(rng.uniform(*self._seconds)), 1),
            mood=self._mood,
        )

    def make_next(self, counter: int, progress: Progress = unheard) -> Take:
        """Take number `counter`. The caller asks for `counter` + 1 next.

        Raises GenerationFailed if the backend fails, TakesRefused if the critic refuses every attempt.
        """
        reasons: tuple[str, ...] = ()
        for attempt in range(self._attempts):
            take = self._backend.make(self.brief_at(counter, attempt), progress)
            reasons = self._critic(take).reasons
            if not reasons:
                return take
        raise TakesRefused(f"take {counter} was refused {self._attempts} times, at last because: {'; '.join(reasons)}")
