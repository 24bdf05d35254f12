"""Ideas that were had ahead: the others of several that a model had at once, and those that were ordered for an hour. One is taken when it
suits the moment; what nobody took in its time is thrown away. Time is handed in.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from generation.composer.asking import Form, idea_of
from generation.composer.idea import Idea
from generation.composer.profile import Profile
from generation.composer.surroundings import Surroundings
from generation.llm.client import Answered
from generation.llm.errors import BadAnswer

MOST: Final = 1_000
"""Beyond it the oldest goes."""

KEPT_SECONDS: Final = 1_800.0
"""An idea of the moment is none half an hour later."""


@dataclass(frozen=True, slots=True)
class Had:
    """An idea for one station."""

    form: Form
    composed_by: str
    """The provider's name and model."""
    microdollars: int
    begins_at: float
    ends_at: float
    """When it may be taken, in UNIX seconds."""


class Shelf:
    """Of one station."""

    def __init__(self, wall: Callable[[], float]) -> None:
        """`wall` is UNIX time."""
        self._wall = wall
        self._lying: list[Had] = []
        self.stale_total = 0
        """Those that nobody took in their time."""

    def __len__(self) -> int:
        """How many lie here."""
        return len(self._lying)

    def put(self, had: Iterable[Had]) -> None:
        """Lays them behind those that lie here."""
        self._lying += had
        surplus = max(0, len(self._lying) - MOST)
        self.stale_total += surplus
        del self._lying[:surplus]

    def put_aside(self, answers: Iterable[Answered[Form]]) -> None:
        """The others of several that a model had at once: they may be taken from now on, for KEPT_SECONDS."""
        now = self._wall()
        self.put(Had(one.value, f"{one.provider} {one.model}", one.microdollars, now, now + KEPT_SECONDS) for one in answers)

    def take(self, profile: Profile, surroundings: Surroundings, seconds: float) -> tuple[Idea, Had] | None:
        """The first that may be taken now and that the station may air next; a track of it is to last `seconds`."""
        now = self._wall()
        fresh = [one for one in self._lying if now < one.ends_at]
        self.stale_total += len(self._lying) - len(fresh)
        self._lying = fresh
        for place, one in enumerate(self._lying):
            if now < one.begins_at:
                continue
            try:
                idea = idea_of(one.form, profile, surroundings, seconds)
            except BadAnswer:
                continue
            del self._lying[place]
            return idea, one
        return None
