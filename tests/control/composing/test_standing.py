"""A provider's state in one word, without a database."""

from control.composing.standing import standing_of
from generation.composer.composer import Tally
from generation.llm.standing import SOUND, Standing


class Three:
    """A client with a provider of each kind."""

    standings = {  # noqa: RUF012 -- never changed
        "well": Standing(health=0.9, answers_total=5, repairs_total=1),
        "sickly": Standing(health=0.4, failures_total=9, last_failure="no answer"),
        "resting": Standing(health=0.9, rests_until=30.0),
    }

    def resting_seconds(self, name: str) -> float:
        return max(0.0, self.standings[name].rests_until - 10.0)


def test_each_state_has_its_word() -> None:
    told = standing_of(Tally(by_rules_total=1, by_model_total=2, unanswered_total=3, memory_away_total=4), Three(), SOUND)
    assert [provider.state for provider in told.providers] == ["well", "sickly", "resting"]
    assert told.providers[2].rests_seconds == 20.0
    assert (told.providers[0].answers_total, told.providers[0].repairs_total, told.providers[1].failures_total) == (5, 1, 9)
    assert (told.by_rules_total, told.by_model_total, told.unanswered_total, told.memory_away_total) == (1, 2, 3, 4)


def test_without_models_there_are_no_providers() -> None:
    assert standing_of(Tally(), None, SOUND).providers == ()
