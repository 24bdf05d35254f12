"""The proof: simulated listeners like one of four arms .60 and the others .50."""

from collections import Counter

import numpy as np
import pytest

from generation.bandit.arm import MEMORY_VOTES, Arm
from generation.bandit.thompson import FLOOR, pull
from tests.generation.bandit.listeners import EVEN, NAMES, shares

FLIP = 2_000


def steady(_: int) -> tuple[float, ...]:
    return (0.5, 0.6, 0.5, 0.5)


def turning(vote: int) -> tuple[float, ...]:
    return steady(vote) if vote < FLIP else (0.5, 0.5, 0.5, 0.6)


@pytest.mark.real  # of much arithmetic
def test_without_decay_the_better_arm_gets_four_fifths_of_the_pulls() -> None:
    """Pulls 1,500 to 2,000, over 100 seeds; all four arms alike would be a quarter."""
    better = shares(steady, 2_000, 100, None)
    assert better[1_500:].mean() >= 0.80
    assert better[:50].mean() < 0.5, "at first nothing is known"


@pytest.mark.real
def test_with_decay_it_recovers_within_a_thousand_votes_after_the_taste_flips() -> None:
    better = shares(turning, FLIP + 1_000, 25, MEMORY_VOTES)
    before, after = better[FLIP - 500 : FLIP].mean(), better[FLIP + 800 :].mean()
    assert better[FLIP : FLIP + 50].mean() < 0.25, "the flip is felt"
    assert after > 0.5, "most pulls go to the new best"
    assert after > 0.75 * before, "nearly as many as before"


@pytest.mark.real
def test_without_decay_it_would_not() -> None:
    better = shares(turning, FLIP + 1_000, 25, None)
    assert better[FLIP + 800 :].mean() < 0.4


def test_the_floor_tries_what_nobody_likes() -> None:
    hopeless = {"classic": Arm(9_000.0, 1_000.0), **{name: Arm(0.0, 10_000.0) for name in NAMES[1:]}}
    rng = np.random.default_rng(1)
    pulls = Counter(pull(hopeless, NAMES, EVEN, rng) for _ in range(10_000))
    for name in NAMES[1:]:
        assert 0.5 * FLOOR / 4 < pulls[name] / 10_000 < 1.5 * FLOOR / 4
    never = Counter(pull(hopeless, NAMES, EVEN, rng, floor=0.0) for _ in range(2_000))
    assert never == {"classic": 2_000}


def test_the_same_generator_pulls_the_same() -> None:
    arms = {"deep": Arm(3.0, 2.0)}
    first, second = ([pull(arms, NAMES, EVEN, np.random.default_rng(seed)) for seed in range(50)] for _ in range(2))
    assert first == second
    assert len(set(first)) == 4
