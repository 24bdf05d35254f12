"""Simulated listeners of the bandit: each hears what it pulled and says yes or no, by a taste that may turn.

What "recovers" means: of many stations whose listeners' taste turned 1,000 votes ago, nearly all believe the new best arm to be the best
(its mean stands highest), and it gets most of the pulls, nearly as many as a bandit would give it that was told the moment of the turn
and began anew then.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from generation.bandit.arm import MEMORY_VOTES, Arm, Prior, credit
from generation.bandit.thompson import pull

NAMES: Final = ("classic", "driving", "deep", "bright")
EVEN: Final = {name: Prior() for name in NAMES}
FLIP: Final = 2_000
SEEDS: Final = 100
Taste = Callable[[int], Sequence[float]]


@dataclass(frozen=True, slots=True)
class Learnt:
    """How one station's votes went."""

    better: NDArray[np.bool_]
    """For each vote, whether the arm that was pulled is the one liked best at that time."""
    believed: NDArray[np.bool_]
    """For each vote, whether that arm's mean stands highest after it."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What many stations have made of a taste that turned, 1,000 votes later. Shares, 0 to 1."""

    before: float
    """Of pulls on the best arm in the 500 votes before the turn."""
    after: float
    """Of pulls on the new best arm in votes 800 to 1,000 after it."""
    told: float
    """The same of a bandit that was told the moment of the turn."""
    believes: float
    """Stations that believe the new best arm to be the best, 1,000 votes after it."""
    mostly: float
    """Stations that give it more than half of the pulls in votes 800 to 1,000."""


def steady(_vote: int) -> Sequence[float]:
    """One arm is liked .60, the others .50."""
    return (0.5, 0.6, 0.5, 0.5)


def turning(vote: int) -> Sequence[float]:
    """The same until FLIP; then another arm is."""
    return steady(vote) if vote < FLIP else (0.5, 0.5, 0.5, 0.6)


def listen(taste: Taste, count: int, seed: int, memory_votes: float | None, forget_at: int = -1) -> Learnt:
    """`count` votes of one station. At `forget_at` it is told that all has changed."""
    rng = np.random.default_rng(seed)
    arms: dict[str, Arm] = {}
    better, believed = np.zeros(count, np.bool_), np.zeros(count, np.bool_)
    for vote in range(count):
        if vote == forget_at:
            arms = {}
        likings = taste(vote)
        best = likings.index(max(likings))
        pulled = pull(arms, NAMES, EVEN, rng)
        place = NAMES.index(pulled)
        arms = credit(arms, pulled, float(rng.random() < likings[place]), 1.0, memory_votes)
        better[vote] = place == best
        believed[vote] = max(NAMES, key=lambda name: arms.get(name, Arm()).mean(EVEN[name])) == NAMES[best]
    return Learnt(better, believed)


def better_share(memory_votes: float | None = None, seeds: int = SEEDS) -> float:
    """Of pulls 1,500 to 2,000 on the better arm while the taste is steady, over so many stations."""
    return float(np.mean([listen(steady, 2_000, seed, memory_votes).better[1_500:].mean() for seed in range(seeds)]))


def recovery(memory_votes: float | None = MEMORY_VOTES, seeds: int = SEEDS) -> Recovery:
    """Of so many stations."""
    stations = [listen(turning, FLIP + 1_000, seed, memory_votes) for seed in range(seeds)]
    better = np.array([one.better for one in stations], np.float64)
    late = better[:, FLIP + 800 :].mean(axis=1)
    told = [listen(turning, FLIP + 1_000, seed, None, FLIP).better[FLIP + 800 :].mean() for seed in range(seeds)]
    return Recovery(
        before=float(better[:, FLIP - 500 : FLIP].mean()),
        after=float(late.mean()),
        told=float(np.mean(told)),
        believes=float(np.mean([one.believed[-1] for one in stations])),
        mostly=float((late > 0.5).mean()),
    )
