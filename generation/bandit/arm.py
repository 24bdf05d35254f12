"""An arm: one way to word a brief in one genre, and what is known of how it is liked. A Beta distribution, kept as evidence on its prior.

Taste changes, so evidence goes, in two ways. It fades: with `memory_votes` m, a vote counts (1 - 1/m)^n after n more votes in its genre.
And it is doubted: when an arm is liked clearly less than it was, the taste has turned, and little of what was known of the genre is kept.
Doubt is a sum that grows with each vote that a liking lower by DROP explains better (Page's CUSUM of the likelihood ratio, 1954); it ends
at DOUBT. Fading alone would have to be so fast that it never knew much: with doubt it may be slow.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import isfinite, log
from typing import Final

MEMORY_VOTES: Final = 2_000.0
"""How slowly evidence fades where nothing turns."""
DROP: Final = 0.07
"""So much less liked than before is a turn of the taste; less is chance."""
DOUBT: Final = 3.0
"""The natural logarithm of how much better a drop must explain the latest votes. A steady .60 against .50 reaches it about once in 2,700
votes, a real drop by .10 after about 200."""
LEAST_KNOWN_VOTES: Final = 60.0
"""An arm of which less is known is not doubted: there is nothing yet to fall from."""
KEPT_VOTES: Final = 60.0
"""What is kept of each arm of a genre in which the taste has turned."""
KEPT_OF_FALLEN_VOTES: Final = 15.0
"""And of the arm that fell."""


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of an arm before anybody has heard it: `gains` likings in `gains` + `losses` votes."""

    gains: float = 1.0
    losses: float = 1.0

    def __post_init__(self) -> None:
        if not all(isfinite(one) and one > 0 for one in (self.gains, self.losses)):
            raise ValueError(f"a prior of {self.gains} to {self.losses} is none: both are above 0")


@dataclass(frozen=True, slots=True)
class Arm:
    """The evidence, without the prior."""

    gains: float = 0.0
    losses: float = 0.0
    doubt: float = 0.0
    """0 while nothing speaks against what is known."""

    @property
    def votes(self) -> float:
        """How much evidence there is."""
        return self.gains + self.losses

    def alpha(self, prior: Prior) -> float:
        return self.gains + prior.gains

    def beta(self, prior: Prior) -> float:
        return self.losses + prior.losses

    def mean(self, prior: Prior) -> float:
        return self.alpha(prior) / (self.alpha(prior) + self.beta(prior))

    def interval(self, prior: Prior, credibility: float = 0.9) -> tuple[float, float]:
        """The equal-tailed credible interval: its share lies within it."""
        from scipy.special import betaincinv  # here, since a front that is asked once in a while should not carry it

        tail = (1.0 - credibility) / 2.0
        low, high = (float(betaincinv(self.alpha(prior), self.beta(prior), share)) for share in (tail, 1.0 - tail))
        return low, high

    def faded(self, weight: float, memory_votes: float) -> "Arm":
        """After `weight` votes more in its genre."""
        left = (1.0 - 1.0 / memory_votes) ** weight
        return replace(self, gains=self.gains * left, losses=self.losses * left)

    def shrunk(self, votes: float) -> "Arm":
        """With evidence of so many votes at most, and without doubt."""
        left = min(1.0, votes / self.votes) if self.votes > 0 else 1.0
        return Arm(self.gains * left, self.losses * left)

    def credited(self, reward: float, weight: float) -> "Arm":
        """After a reward (0 to 1) that counts as `weight` votes."""
        return replace(self, gains=self.gains + weight * reward, losses=self.losses + weight * (1.0 - reward))

    def doubted(self, reward: float, weight: float) -> "Arm":
        """After the same reward; what it says is held against what was known before it."""
        if self.votes < LEAST_KNOWN_VOTES:
            return replace(self, doubt=0.0)
        known = (self.gains + 1.0) / (self.votes + 2.0)
        fallen = max(0.02, known - DROP)
        if fallen >= known:
            return replace(self, doubt=0.0)
        says = reward * log(fallen / known) + (1.0 - reward) * log((1.0 - fallen) / (1.0 - known))
        return replace(self, doubt=max(0.0, self.doubt + weight * says))


def credit(arms: Mapping[str, Arm], pulled: str, reward: float, weight: float, memory_votes: float | None = MEMORY_VOTES) -> dict[str, Arm]:
    """All arms of a genre after one reward for `pulled`. With `memory_votes` None nothing ever goes.

    Raises ValueError if the reward is not within 0 to 1, the weight is negative, or the memory is not above 1.
    """
    if not (isfinite(reward) and 0.0 <= reward <= 1.0 and isfinite(weight) and weight >= 0.0):
        raise ValueError(f"a reward of {reward} that weighs {weight}")
    if memory_votes is None:
        return {**arms, pulled: arms.get(pulled, Arm()).credited(reward, weight)}
    if not memory_votes > 1.0:
        raise ValueError(f"a memory of {memory_votes} votes")
    faded = {name: arm.faded(weight, memory_votes) for name, arm in arms.items()}
    tried = faded.get(pulled, Arm()).doubted(reward, weight)
    if tried.doubt > DOUBT:
        faded = {name: arm.shrunk(KEPT_VOTES) for name, arm in faded.items()}
        tried = tried.shrunk(KEPT_OF_FALLEN_VOTES)
    return {**faded, pulled: tried.credited(reward, weight)}
