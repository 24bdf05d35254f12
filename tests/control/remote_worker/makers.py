"""What a workshop makes its takes by, in tests: quickly, slowly, wrongly, as the seed says."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from generation.backend import Progress
from generation.brief import Brief
from generation.errors import BackendAway, GenerationFailed
from generation.take import Take
from tests.generation.remote.far_worker import take_of

AWAY, FAILS, BREAKS, WAITS = 1_001, 1_002, 1_003, 1_004
"""Seeds at which it misbehaves."""


@dataclass
class Maker:
    """Makes takes of noise. At the seed WAITS it waits until it is `let_go`, or is called off."""

    let_go: threading.Event = field(default_factory=threading.Event)
    begun: threading.Event = field(default_factory=threading.Event)
    made: list[int] = field(default_factory=list)

    def make_all(self, briefs: Sequence[Brief], progress: Progress) -> list[Take]:
        for number, brief in enumerate(briefs):
            progress(number / len(briefs), f"take {number + 1}")
            match brief.seed:
                case s if s == AWAY:
                    raise BackendAway("there is no GPU here")
                case s if s == FAILS:
                    raise GenerationFailed("no idea")
                case s if s == BREAKS:
                    raise ZeroDivisionError("a secret path /home/someone")
                case s if s == WAITS:
                    self.begun.set()
                    while not self.let_go.wait(0.01):
                        progress(0.5, "waiting")
            self.made.append(brief.seed)
        return [take_of(brief, noise(brief)) for brief in briefs]


def noise(brief: Brief) -> np.ndarray:
    rng = np.random.default_rng(brief.seed)
    return (0.1 * rng.standard_normal((2, int(48_000 * brief.seconds)))).astype(np.float32)
