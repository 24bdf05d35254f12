"""The studio: makes a take of a brief. It asks the lineup, has the critic hear what comes, keeps the best, and asks again if none is good.

A take's id is its brief's, whichever seed made it in the end: so a brief that is made twice makes one track.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from generation.backend import Backend, Progress
from generation.brief import Brief
from generation.critic.verdict import Verdict
from generation.errors import GenerationFailed, TakesRefused
from generation.lineup import Lineup, most_at_once
from generation.take import Take

_SEEDS: Final = 2**63


class Critic(Protocol):
    """What the studio asks of the critic (generation/critic/critic.py)."""

    def hear(self, take: Take, last: Sequence[NDArray[np.float32]] = ()) -> Verdict:
        """Judges a take beside the station's last ones."""


class Studio:
    """Makes takes, by one thread at a time."""

    def __init__(self, lineup: Lineup, critic: Critic, best_of: int = 1, rounds: int = 3) -> None:
        """`best_of`: takes of each brief that a backend which makes several at once makes in one round; others make one.

        `rounds`: after so many in which every take was refused, the next backend is asked.
        """
        if best_of < 1 or rounds < 1:
            raise ValueError(f"best of {best_of} in {rounds} rounds makes no take")
        self.lineup = lineup
        self.refused: Counter[tuple[str, str]] = Counter()
        """How often a backend's takes broke a limit, by (backend, limit)."""
        self.kept: Counter[str] = Counter()
        """Takes that were accepted and chosen, by backend."""
        self._critic = critic
        self._best_of = best_of
        self._rounds = rounds

    def make(self, brief: Brief, progress: Progress, last: Sequence[NDArray[np.float32]] = ()) -> Take:
        """An accepted take, with its scores. `last`: vectors of the station's last takes.

        Raises GenerationFailed if no backend can, TakesRefused if the last of them made only what is refused, CalledOff.
        """
        failure = GenerationFailed("no backend was asked")
        for backend in self.lineup.awake():
            try:
                take = self._best(backend, brief, progress, last)
            except TakesRefused as error:
                self.lineup.fail(backend, error)
                failure = error
            except GenerationFailed as error:
                failure = error
            else:
                self.lineup.succeeded(backend)
                self.kept[backend.name] += 1
                return take
        raise failure

    def _best(self, backend: Backend, brief: Brief, progress: Progress, last: Sequence[NDArray[np.float32]]) -> Take:
        """The accepted take with the highest score of the first round that has one. Raises GenerationFailed."""
        size = min(self._best_of, most_at_once(backend))
        reasons: tuple[str, ...] = ()
        for number in range(self._rounds):
            wishes = [_with_seed(brief, number * size + place) for place in range(size)]
            heard = [(take, self._critic.hear(take, last)) for take in self.lineup.ask(backend, wishes, progress)]
            accepted = [(take, verdict) for take, verdict in heard if verdict.accepted]
            for _, verdict in heard:
                self.refused.update((backend.name, limit) for limit in verdict.faults)
            if accepted:
                return _finished(brief, *max(accepted, key=lambda one: one[1].score))
            reasons = heard[-1][1].reasons
        raise TakesRefused(f"{backend.name}: {self._rounds * size} takes were refused, at last because: {'; '.join(reasons)}")


def _with_seed(brief: Brief, number: int) -> Brief:
    """The brief itself, then the same with other seeds, always the same ones."""
    if number == 0:
        return brief
    return replace(brief, seed=int(np.random.default_rng([brief.seed, number]).integers(_SEEDS)))


def _finished(brief: Brief, take: Take, verdict: Verdict) -> Take:
    """As it leaves the studio: under the brief that was given, with its scores. `provenance` tells the seed that made it."""
    provenance = {**take.provenance, "seed": str(take.brief.seed)}
    return replace(take, brief=brief, provenance=provenance, scores=verdict.scores, vector=verdict.vector)
