"""Simulated listeners: each hears what the bandit pulled and says yes or no, by a taste that may turn."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from generation.bandit.arm import Arm, Prior, credit
from generation.bandit.thompson import pull

NAMES = ("classic", "driving", "deep", "bright")
EVEN = {name: Prior() for name in NAMES}


def votes(taste: Callable[[int], Sequence[float]], count: int, seed: int, memory_votes: float | None) -> NDArray[np.bool_]:
    """For each of `count` votes, whether the arm that was pulled is the one that is liked best at that time."""
    rng = np.random.default_rng(seed)
    arms: dict[str, Arm] = {}
    best = np.zeros(count, dtype=np.bool_)
    for vote in range(count):
        likings = taste(vote)
        pulled = pull(arms, NAMES, EVEN, rng)
        place = NAMES.index(pulled)
        arms = credit(arms, pulled, float(rng.random() < likings[place]), 1.0, memory_votes)
        best[vote] = likings[place] == max(likings)
    return best


def shares(taste: Callable[[int], Sequence[float]], count: int, seeds: int, memory_votes: float | None) -> NDArray[np.float64]:
    """For each vote, the share of seeds that pulled the better arm."""
    better = np.array([votes(taste, count, seed, memory_votes) for seed in range(seeds)], dtype=np.float64)
    return np.asarray(better.mean(axis=0))
