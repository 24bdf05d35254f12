from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generation.bandit.reward import Reception, reward_of

PLAIN = Reception(exposed=40, ups=4, downs=4, skips=4, listened_seconds=5_400.0, offered_seconds=7_200.0)
counts = st.integers(0, 10_000)
seconds = st.floats(0, 1e9)


@given(st.builds(Reception, counts, counts, counts, counts, seconds, seconds))
def test_it_is_a_share_and_weighs_at_most_a_vote(reception: Reception) -> None:
    reward = reward_of(reception)
    assert 0.0 <= reward.value <= 1.0
    assert 0.0 <= reward.weight < 1.0


def test_votes_skips_and_listening_all_tell() -> None:
    value = reward_of(PLAIN).value
    assert reward_of(replace(PLAIN, ups=8, downs=0)).value > value > reward_of(replace(PLAIN, ups=0, downs=8)).value
    assert reward_of(replace(PLAIN, skips=0)).value > value > reward_of(replace(PLAIN, skips=20)).value
    assert reward_of(replace(PLAIN, listened_seconds=7_200.0)).value > value


def test_a_larger_audience_of_the_same_mind_gives_the_same_reward() -> None:
    large = Reception(4_000, 400, 400, 400, 540_000.0, 720_000.0)
    assert reward_of(large).value == pytest.approx(reward_of(PLAIN).value)
    assert reward_of(PLAIN).weight < reward_of(large).weight < 1.01 * 4_000 / 4_005


def test_votes_of_those_who_did_not_hear_it_count_as_the_few_who_did() -> None:
    stuffed = replace(PLAIN, exposed=2, ups=10_000, downs=0, skips=0, listened_seconds=360.0, offered_seconds=360.0)
    honest = replace(stuffed, ups=2)
    assert reward_of(stuffed) == reward_of(honest)


def test_where_nobody_votes_staying_says_it_all() -> None:
    silent = replace(PLAIN, ups=0, downs=0)
    assert reward_of(silent).value == pytest.approx((0.9 + 0.75) / 2)
    assert reward_of(replace(silent, skips=40, listened_seconds=0.0)).value == 0.0
    one_of_forty = replace(silent, ups=1)
    assert abs(reward_of(one_of_forty).value - reward_of(silent).value) < 0.1, "one voter does not speak for forty"


def test_nobody_there_is_no_evidence() -> None:
    assert reward_of(Reception(0, 5, 0, 0, 0.0, 0.0)).weight == 0.0


@pytest.mark.parametrize("field", ["exposed", "ups", "downs", "skips", "listened_seconds", "offered_seconds"])
def test_nothing_is_counted_below_nothing(field: str) -> None:
    with pytest.raises(ValueError, match="counts from 0"):
        replace(PLAIN, **{field: -1})
