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

    async def ask(self, question: Question[Form]) -> Answered[Form]:
        """Raises NoAnswer."""


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
    unanswered_total: int = 0
    """Times that no model gave a valid answer."""
    memory_away_total: int = 0
    """Variants that were drawn without knowing what was learnt."""
    last_failure: str = ""


class Composer:
    """For one station."""

    def __init__(self, profile: Profile, memory: Memory, models: Asks | None = None, floor: float = FLOOR) -> None:
        """Without `models` all is done by rules."""
        self._profile = profile
        self._memory = memory
        self._models = models
        self._floor = floor
        self.tally = Tally()

    async def compose(self, number: int, surroundings: Surroundings) -> Commission:
        """Brief number `number` of the station. By rules, equal number, surroundings and memory make an equal brief."""
        profile = self._profile
        by_rule, variety, seeds = (np.random.default_rng([profile.seed, number, stream]) for stream in range(3))
        fallback = by_rules(profile, surroundings, by_rule)
        idea, composed_by, microdollars = await self._ask(surroundings, fallback)
        variant = pull(await self._arms(idea.genre), NAMES, PRIORS, variety, self._floor)
        brief = worded(idea, variant, int(seeds.integers(2**63)))
        return Commission(profile.station, brief, variant, idea, composed_by, microdollars)

    async def _ask(self, surroundings: Surroundings, fallback: Idea) -> tuple[Idea, str, int]:
        if self._models is not None:
            try:
                answered = await self._models.ask(question(self._profile, surroundings, fallback.seconds))
                idea = idea_of(answered.value, self._profile, surroundings, fallback.seconds)
            except (NoAnswer, BadAnswer) as failure:
                self.tally = replace(self.tally, unanswered_total=self.tally.unanswered_total + 1, last_failure=str(failure))
            else:
                self.tally = replace(self.tally, by_model_total=self.tally.by_model_total + 1)
                return idea, f"{answered.provider} {answered.model}", answered.microdollars
        self.tally = replace(self.tally, by_rules_total=self.tally.by_rules_total + 1)
        return fallback, RULES, 0

    async def _arms(self, genre: str) -> Mapping[str, Arm]:
        try:
            return await self._memory.arms(self._profile.station, genre)
        except MemoryAway:
            self.tally = replace(self.tally, memory_away_total=self.tally.memory_away_total + 1)
            return {}
