"""What the bandit believes, for people: each arm's mean, its credible interval, and how likely it is the best one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from generation.bandit.arm import Arm, Prior

CREDIBILITY: Final = 0.9
_POINTS: Final = 4_001


@dataclass(frozen=True, slots=True)
class Belief:
    """Of one arm."""

    name: str
    mean: float
    low: float
    high: float
    """It is liked by between `low` and `high`, with CREDIBILITY."""
    votes: float
    """The evidence that is still remembered, in votes."""
    best: float
    """How likely no other arm is better; the arms' sum is 1."""


def beliefs(arms: Mapping[str, Arm], names: Sequence[str], priors: Mapping[str, Prior]) -> list[Belief]:
    """In the order of `names`."""
    known = [(name, arms.get(name, Arm()), priors.get(name, Prior())) for name in names]
    best = _best([(arm.alpha(prior), arm.beta(prior)) for _, arm, prior in known])
    return [
        Belief(name, arm.mean(prior), *arm.interval(prior, CREDIBILITY), arm.gains + arm.losses, likely)
        for (name, arm, prior), likely in zip(known, best, strict=True)
    ]


def _best(shapes: Sequence[tuple[float, float]]) -> list[float]:
    """P(arm i is the greatest) = the integral of its density times all others' distribution functions; trapezes on x = sin^2, which lays
    points densely at both ends, where a Beta below 1 is steep."""
    from scipy.special import betainc, betaln  # here, as in arm.py

    angle = (np.arange(_POINTS) + 0.5) / _POINTS * (np.pi / 2.0)
    x, step = np.sin(angle) ** 2, np.pi / 2.0 / _POINTS
    slope = 2.0 * np.sin(angle) * np.cos(angle)
    below = [betainc(alpha, beta, x) for alpha, beta in shapes]
    found = []
    for index, (alpha, beta) in enumerate(shapes):
        density = np.exp((alpha - 1.0) * np.log(x) + (beta - 1.0) * np.log1p(-x) - betaln(alpha, beta))
        others = np.prod([one for place, one in enumerate(below) if place != index], axis=0)
        found.append(float((density * others * slope).sum() * step))
    total = sum(found)
    return [one / total for one in found]
