import pytest

from control.composing.figures import Figure, belief_figures, money_figures, tally_figures
from generation.bandit.arm import Arm
from generation.composer.composer import Tally
from generation.llm.ledger import CountingLedger, MemoryLedger, Spent


def by_labels(figures: list[Figure]) -> dict[tuple[str, ...], float]:
    return {(one.name, *one.labels.values()): one.value for one in figures}


def test_briefs_are_told_by_who_had_their_idea() -> None:
    found = by_labels(list(tally_figures("main", Tally(by_rules_total=4, by_model_total=7, from_shelf_total=2, unanswered_total=3))))
    assert found["sonicforge_composer_briefs", "main", "rules"] == 4
    assert found["sonicforge_composer_briefs", "main", "model"] == 5
    assert found["sonicforge_composer_briefs", "main", "shelf"] == 2
    assert found["sonicforge_composer_unanswered", "main"] == 3


def test_calls_are_told_by_provider_and_ending_with_their_cost_and_what_is_left() -> None:
    ledger = CountingLedger(MemoryLedger())
    for ending, cost in (("valid", 1_500), ("valid", 500), ("no answer", 0)):
        ledger.count(Spent("groq", "small", 1, 1, cost, ending))
    found = by_labels(list(money_figures(ledger, 1_000_000, 250_000)))
    assert found["sonicforge_llm_calls", "groq", "valid"] == 2
    assert found["sonicforge_llm_calls", "groq", "no answer"] == 1
    assert found["sonicforge_llm_cost_dollars", "groq"] == pytest.approx(0.002)
    assert found["sonicforge_llm_budget_left_dollars",] == pytest.approx(0.75)
    assert by_labels(list(money_figures(ledger, 100, 250)))["sonicforge_llm_budget_left_dollars",] == 0.0


def test_beliefs_are_told_with_their_intervals_four_to_a_genre() -> None:
    known = {"house": {"deep": (Arm(60.0, 40.0), 110)}}
    found = by_labels(list(belief_figures("main", known)))
    low, mean, high = (found[f"sonicforge_bandit_{word}", "main", "house", "deep"] for word in ("low", "mean", "high"))
    assert 0.5 < low < mean < high < 0.7
    assert found["sonicforge_bandit_votes", "main", "house", "deep"] == 100.0
    assert sum(value for labels, value in found.items() if labels[0] == "sonicforge_bandit_best") == pytest.approx(1.0)
