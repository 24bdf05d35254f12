import math

import pytest

from generation.bandit.arm import DOUBT, KEPT_OF_FALLEN_VOTES, KEPT_VOTES, LEAST_KNOWN_VOTES, Arm, Prior, credit


def test_evidence_stands_on_the_prior() -> None:
    assert Arm().mean(Prior(3.0, 1.0)) == 0.75
    assert Arm(6.0, 2.0).mean(Prior(1.0, 1.0)) == pytest.approx(0.7)


def test_the_interval_of_the_even_prior_is_its_share() -> None:
    """Beta(1, 1) is uniform: its 90 % lie from .05 to .95."""
    assert Arm().interval(Prior()) == pytest.approx((0.05, 0.95))


def test_the_interval_narrows_with_evidence_around_the_mean() -> None:
    few, many = Arm(6.0, 4.0), Arm(600.0, 400.0)
    assert few.interval(Prior())[0] < many.interval(Prior())[0] < 0.6 < many.interval(Prior())[1] < few.interval(Prior())[1]
    assert many.interval(Prior())[1] - many.interval(Prior())[0] == pytest.approx(2 * 1.645 * math.sqrt(0.6 * 0.4 / 1_002), rel=0.02)


def test_a_reward_is_shared_between_gains_and_losses() -> None:
    assert credit({}, "deep", 0.75, 0.5, None) == {"deep": Arm(0.375, 0.125)}


def test_evidence_fades_in_all_arms_of_the_genre() -> None:
    after = credit({"deep": Arm(10.0, 0.0), "bright": Arm(0.0, 10.0)}, "deep", 1.0, 1.0, 10.0)
    assert after["deep"].gains == pytest.approx(10.0 * 0.9 + 1.0)
    assert after["bright"].losses == pytest.approx(9.0)


def test_half_a_vote_fades_half_as_much() -> None:
    whole = Arm(8.0, 4.0).faded(1.0, 100.0)
    halves = Arm(8.0, 4.0).faded(0.5, 100.0).faded(0.5, 100.0)
    assert (halves.gains, halves.losses) == pytest.approx((whole.gains, whole.losses))


def test_what_is_remembered_is_bounded_by_the_memory() -> None:
    arms: dict[str, Arm] = {}
    for _ in range(2_000):
        arms = credit(arms, "deep", 1.0, 1.0, 50.0)
    assert arms["deep"].gains == pytest.approx(50.0, rel=0.01)


@pytest.mark.parametrize(("reward", "weight"), [(-0.1, 1.0), (1.1, 1.0), (math.nan, 1.0), (0.5, -1.0), (0.5, math.inf)])
def test_no_reward_outside_its_range(reward: float, weight: float) -> None:
    with pytest.raises(ValueError, match="a reward of"):
        credit({}, "deep", reward, weight)


def test_a_memory_of_less_than_one_vote_is_none() -> None:
    with pytest.raises(ValueError, match="a memory of"):
        credit({}, "deep", 1.0, 1.0, 1.0)


@pytest.mark.parametrize("gains", [0.0, -1.0, math.nan])
def test_a_prior_is_above_nothing(gains: float) -> None:
    with pytest.raises(ValueError, match="both are above 0"):
        Prior(gains, 1.0)


KNOWN = {"deep": Arm(120.0, 80.0), "bright": Arm(90.0, 110.0)}


def told(arms: dict[str, Arm], rewards: list[float]) -> dict[str, Arm]:
    for reward in rewards:
        arms = credit(arms, "deep", reward, 1.0)
    return arms


def test_votes_as_they_were_raise_no_doubt_that_lasts() -> None:
    """Three likings in five, as it was."""
    after = told(KNOWN, [1.0, 0.0, 1.0, 0.0, 1.0] * 60)
    assert after["deep"].doubt < 0.2 * DOUBT
    assert after["deep"].votes > 400.0


def test_a_fall_is_doubted_until_the_genre_is_learnt_anew() -> None:
    arms, most = KNOWN, 0.0
    for _ in range(60):
        arms = told(arms, [0.0, 1.0, 0.0, 0.0])
        if arms["deep"].votes < KNOWN["deep"].votes:
            break
        most = max(most, arms["deep"].doubt)
    assert 0.5 * DOUBT < most <= DOUBT
    assert arms["deep"].votes <= KEPT_OF_FALLEN_VOTES + 4
    assert arms["bright"].votes <= KEPT_VOTES, "all of the genre is doubted: what was preferred to it may be as well"
    assert arms["bright"].gains / arms["bright"].votes == pytest.approx(0.45), "what is kept says what it said"


def test_a_rise_is_no_reason_to_forget() -> None:
    assert told(KNOWN, [1.0] * 100)["deep"].votes > 250.0


def test_of_what_is_hardly_known_nothing_is_doubted() -> None:
    few = {"deep": Arm(LEAST_KNOWN_VOTES - 20.0, 0.0)}
    assert told(few, [0.0] * 15)["deep"].doubt == 0.0


def test_what_never_forgets_never_doubts() -> None:
    arms = KNOWN
    for _ in range(300):
        arms = credit(arms, "deep", 0.0, 1.0, None)
    assert arms["deep"] == Arm(120.0, 380.0)
    assert arms["bright"] == KNOWN["bright"]
