"""The composer: what is to be made next. It has an idea (of a language model, or by rules where none answers well), pulls a variant, and
writes the brief. It never fails for want of a model, of memory or of anything else outside: what it did without is counted.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol

import numpy as np

from generation.bandit.arm import Arm
from generation.bandit.thompson import FLOOR, pull
from generation.brief import Brief
from generation.composer.asking import Form, idea_of, question
from generation.composer.idea import Idea
from generation.composer.profile import Profile
from generation.composer.rules import by_rules
from generation.composer.shelf import Shelf
from generation.composer.surroundings import Surroundings
from generation.composer.variants import NAMES, PRIORS, worded
from generation.errors import StudioError
from generation.llm.client import Answered
from generation.llm.errors import BadAnswer, NoAnswer
from generation.llm.question import Question

RULES: Final = "rules"


class MemoryAway(StudioError):
    """What was learnt of the listeners cannot be read."""


class Memory(Protocol):
    """Keeps what was learnt."""

    async def arms(self, station: str, genre: str) -> Mapping[str, Arm]:
        """Variant -> its evidence. Raises MemoryAway."""


class Asks(Protocol):
    """Asks a language model (generation/llm/client.py)."""

    async def ask_several(self, question: Question[Form], count: int) -> list[Answered[Form]]:
        """At least one valid answer, at most `count`. Raises NoAnswer."""


@dataclass(frozen=True, slots=True)
class Commission:
    """A brief and how it came to be."""

    station: str
    brief: Brief
    variant: str
    idea: Idea
    composed_by: str
    """RULES, or the provider's name and model."""
    microdollars: int = 0


@dataclass(frozen=True, slots=True)
class Tally:
    """What the composer has done since it was made."""

    by_rules_total: int = 0
    """All that no model composed."""
    by_model_total: int = 0
    from_shelf_total: int = 0
    """Those of them whose idea was had ahead."""
    unanswered_total: int = 0
    """Times that no model gave a valid answer."""
    memory_away_total: int = 0
    """Variants that were drawn without knowing what was learnt."""
    last_failure: str = ""


class Composer:
    """For one station."""

    def __init__(
        self, profile: Profile, memory: Memory, models: Asks | None = None, shelf: Shelf | None = None, floor: float = FLOOR
    ) -> None:
        """Without `models` all is done by rules; without a `shelf` nothing is had ahead."""
        self._profile = profile
        self._memory = memory
        self._models = models
        self._shelf = shelf
        self._floor = floor
        self.tally = Tally()

    async def compose(self, number: int, surroundings: Surroundings, ahead: int = 1) -> Commission:
        """Brief number `number` of the station. By rules, equal number, surroundings and memory make an equal brief.

        Where a model has to be asked it is asked for `ahead` ideas at once; those that are left over lie on the shelf for the next briefs.
        """
        profile = self._profile
        by_rule, variety, seeds = (np.random.default_rng([profile.seed, number, stream]) for stream in range(3))
        fallback = by_rules(profile, surroundings, by_rule)
        idea, composed_by, microdollars = await self._idea(surroundings, fallback, ahead)
        variant = pull(await self._arms(idea.genre), NAMES, PRIORS, variety, self._floor)
        brief = worded(idea, variant, int(seeds.integers(2**63)))
        return Commission(profile.station, brief, variant, idea, composed_by, microdollars)

    async def _idea(self, surroundings: Surroundings, fallback: Idea, ahead: int) -> tuple[Idea, str, int]:
        found = self._shelf.take(self._profile, surroundings, fallback.seconds) if self._shelf is not None else None
        if found is not None:
            tally = self.tally
            self.tally = replace(tally, by_model_total=tally.by_model_total + 1, from_shelf_total=tally.from_shelf_total + 1)
            return found[0], found[1].composed_by, found[1].microdollars
        if self._models is not None:
            try:
                return await self._ask(self._models, surroundings, fallback, ahead if self._shelf is not None else 1)
            except (NoAnswer, BadAnswer) as failure:
                self.tally = replace(self.tally, unanswered_total=self.tally.unanswered_total + 1, last_failure=str(failure))
        self.tally = replace(self.tally, by_rules_total=self.tally.by_rules_total + 1)
        return fallback, RULES, 0

    async def _ask(self, models: Asks, surroundings: Surroundings, fallback: Idea, ahead: int) -> tuple[Idea, str, int]:
        answers = await models.ask_several(question(self._profile, surroundings, fallback.seconds), ahead)
        first = answers[0]
        idea = idea_of(first.value, self._profile, surroundings, fallback.seconds)
        if self._shelf is not None:
            self._shelf.put_aside(answers[1:])
        self.tally = replace(self.tally, by_model_total=self.tally.by_model_total + 1)
        return idea, f"{first.provider} {first.model}", first.microdollars

    async def _arms(self, genre: str) -> Mapping[str, Arm]:
        try:
            return await self._memory.arms(self._profile.station, genre)
        except MemoryAway:
            self.tally = replace(self.tally, memory_away_total=self.tally.memory_away_total + 1)
            return {}
