"""Thompson sampling: each arm draws from what is believed of it, the highest draw is pulled. So an arm is pulled as often as it is likely
to be the best (Thompson 1933; Chapelle and Li 2011). A share of all pulls, the floor, goes to any arm alike: what is never tried is never
learnt, whatever the evidence says.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from generation.bandit.arm import Arm, Prior

FLOOR: Final = 0.04
"""One brief in 25 is a trial."""


def pull(arms: Mapping[str, Arm], names: Sequence[str], priors: Mapping[str, Prior], rng: np.random.Generator, floor: float = FLOOR) -> str:
    """One of `names`. An arm without evidence stands on its prior, and one without a prior on the even one."""
    if rng.random() < floor:
        return names[int(rng.integers(len(names)))]
    known = [(arms.get(name, Arm()), priors.get(name, Prior())) for name in names]
    draws = rng.beta([arm.alpha(prior) for arm, prior in known], [arm.beta(prior) for arm, prior in known])
    return names[int(np.argmax(draws))]
