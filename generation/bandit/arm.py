"""An arm: one way to word a brief in one genre, and what is known of how it is liked. A Beta distribution, kept as evidence on its prior.

Evidence fades: each new piece of evidence in a genre leaves less of the old in all its arms, so that the station follows a taste that
changes. With `memory_votes` m, a vote counts (1 - 1/m)^n after n more votes: the last m votes or so are remembered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite
from typing import Final

from scipy.special import betaincinv

from generation.errors import InvalidBrief

MEMORY_VOTES: Final = 500.0
"""Long enough to tell .60 from .50, short enough to notice within 1,000 votes that the taste has turned."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of an arm before anybody has heard it: `gains` likings in `gains` + `losses` votes."""

    gains: float = 1.0
    losses: float = 1.0

    def __post_init__(self) -> None:
        if not all(isfinite(one) and one > 0 for one in (self.gains, self.losses)):
            raise InvalidBrief(f"a prior of {self.gains} to {self.losses} is none: both are above 0")


@dataclass(frozen=True, slots=True)
class Arm:
    """The evidence, without the prior."""

    gains: float = 0.0
    losses: float = 0.0

    def alpha(self, prior: Prior) -> float:
        return self.gains + prior.gains

    def beta(self, prior: Prior) -> float:
        return self.losses + prior.losses

    def mean(self, prior: Prior) -> float:
        return self.alpha(prior) / (self.alpha(prior) + self.beta(prior))

    def interval(self, prior: Prior, credibility: float = 0.9) -> tuple[float, float]:
        """The equal-tailed credible interval: its share lies within it."""
        tail = (1.0 - credibility) / 2.0
        low, high = (float(betaincinv(self.alpha(prior), self.beta(prior), share)) for share in (tail, 1.0 - tail))
        return low, high

    def faded(self, weight: float, memory_votes: float | None) -> "Arm":
        """After `weight` votes more in its genre; None never forgets."""
        if memory_votes is None:
            return self
        left = (1.0 - 1.0 / memory_votes) ** weight
        return Arm(self.gains * left, self.losses * left)

    def credited(self, reward: float, weight: float) -> "Arm":
        """After a reward (0 to 1) that counts as `weight` votes."""
        return replace(self, gains=self.gains + weight * reward, losses=self.losses + weight * (1.0 - reward))


def credit(arms: Mapping[str, Arm], pulled: str, reward: float, weight: float, memory_votes: float | None = MEMORY_VOTES) -> dict[str, Arm]:
    """All arms of a genre after one reward for `pulled`.

    Raises ValueError if the reward is not within 0 to 1, the weight is negative, or the memory is not above 1.
    """
    if not (isfinite(reward) and 0.0 <= reward <= 1.0 and isfinite(weight) and weight >= 0.0):
        raise ValueError(f"a reward of {reward} that weighs {weight}")
    if memory_votes is not None and not memory_votes > 1.0:
        raise ValueError(f"a memory of {memory_votes} votes")
    faded = {name: arm.faded(weight, memory_votes) for name, arm in arms.items()}
    return {**faded, pulled: faded.get(pulled, Arm()).credited(reward, weight)}
