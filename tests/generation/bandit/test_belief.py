import numpy as np
import pytest

from benchmarks.bandit_listeners import EVEN, NAMES
from generation.bandit.arm import Arm, Prior
from generation.bandit.belief import beliefs


def test_of_nothing_known_all_are_alike() -> None:
    told = beliefs({}, NAMES, EVEN)
    assert [one.name for one in told] == list(NAMES)
    assert [one.best for one in told] == pytest.approx([0.25] * 4, abs=1e-6)
    assert {(one.mean, one.votes) for one in told} == {(0.5, 0.0)}


def test_the_chance_to_be_best_is_what_drawing_finds() -> None:
    arms = {"classic": Arm(30.0, 20.0), "driving": Arm(2.0, 1.0), "deep": Arm(50.0, 50.0), "bright": Arm(0.2, 3.0)}
    told = beliefs(arms, NAMES, EVEN)
    rng = np.random.default_rng(5)
    draws = np.array([rng.beta(arms[name].gains + 1, arms[name].losses + 1, 200_000) for name in NAMES])
    drawn = np.bincount(draws.argmax(axis=0), minlength=4) / 200_000
    assert [one.best for one in told] == pytest.approx(drawn.tolist(), abs=0.004)
    assert sum(one.best for one in told) == pytest.approx(1.0)


@pytest.mark.parametrize("gains", [1e-3, 5_000.0])
def test_steep_and_sharp_beliefs_are_still_numbers(gains: float) -> None:
    told = beliefs({"deep": Arm(gains, 0.0)}, NAMES, {name: Prior(0.5, 0.5) for name in NAMES})
    assert all(0.0 <= one.low <= one.mean <= one.high <= 1.0 for one in told)
    assert sum(one.best for one in told) == pytest.approx(1.0)
    assert max(told, key=lambda one: one.best).name == "deep"
