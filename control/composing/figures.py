"""What the composer tells Prometheus: figures with their names, read from memory at the moment of the scrape."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from generation.bandit.arm import Arm
from generation.bandit.belief import Belief, beliefs
from generation.composer.composer import Tally
from generation.composer.variants import NAMES, PRIORS
from generation.llm.ledger import CountingLedger

_DOLLARS: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Figure:
    """One sample."""

    name: str
    """Without _total, which a counter gets by itself."""
    words: str
    kind: Literal["counter", "gauge"]
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


def tally_figures(station: str, tally: Tally) -> Iterator[Figure]:
    """How one station's briefs came to be."""
    name, words = "sonicforge_composer_briefs", "Briefs by who had their idea."
    of = {"rules": tally.by_rules_total, "model": tally.by_model_total - tally.from_shelf_total, "shelf": tally.from_shelf_total}
    for idea, total in of.items():
        yield Figure(name, words, "counter", total, {"station": station, "idea": idea})
    yield Figure(
        "sonicforge_composer_unanswered",
        "Times that no language model gave a valid answer.",
        "counter",
        tally.unanswered_total,
        {"station": station},
    )
    yield Figure(
        "sonicforge_composer_memory_away",
        "Variants drawn without knowing what was learnt.",
        "counter",
        tally.memory_away_total,
        {"station": station},
    )


def money_figures(ledger: CountingLedger, budget_microdollars: int, spent_microdollars: int) -> Iterator[Figure]:
    """What language models cost: calls of this process, and the day's budget of the house."""
    for (provider, ending), calls in sorted(ledger.calls.items()):
        labels = {"provider": provider, "ending": ending}
        yield Figure("sonicforge_llm_calls", "Calls to language models by how they ended.", "counter", calls, labels)
    for provider, microdollars in sorted(ledger.microdollars.items()):
        labels = {"provider": provider}
        yield Figure("sonicforge_llm_cost_dollars", "What they cost.", "counter", _DOLLARS * microdollars, labels)
    left = max(0, budget_microdollars - spent_microdollars)
    yield Figure(
        "sonicforge_llm_budget_left_dollars", "What is left of the day's budget (UTC), over all processes.", "gauge", _DOLLARS * left
    )


def belief_figures(station: str, known: Mapping[str, Mapping[str, tuple[Arm, int]]]) -> Iterator[Figure]:
    """What the station believes its listeners like."""
    for genre, arms in known.items():
        for belief in beliefs({name: arm for name, (arm, _) in arms.items()}, NAMES, PRIORS):
            labels = {"station": station, "genre": genre, "variant": belief.name}
            for name, words, value in _of_belief(belief):
                yield Figure(f"sonicforge_bandit_{name}", words, "gauge", value, labels)


def _of_belief(belief: Belief) -> Iterator[tuple[str, str, float]]:
    yield "mean", "How well a variant is thought to be liked, 0 to 1.", belief.mean
    yield "low", "The lower end of its credible interval.", belief.low
    yield "high", "The upper end of its credible interval.", belief.high
    yield "best", "How likely it is the best of its genre.", belief.best
    yield "votes", "The evidence that is remembered of it.", belief.votes
