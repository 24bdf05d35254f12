"""The pace at which a source's sound is passed on, on a clock of the test's own."""

import pytest

from server.live.icecast.pace import CATCH_UP_SECONDS, LEAD_SECONDS, Pace


def passed_in(seconds: float, step: float) -> float:
    """How much sound passes within so long, when it is always there."""
    now, passed, pace = 100.0, 0.0, Pace(100.0)
    while now < 100.0 + seconds:
        passed += step
        now += pace.passed(step, now)
    return passed


def test_what_comes_too_fast_is_held_back() -> None:
    assert passed_in(60.0, 0.02) == pytest.approx(60.0, abs=0.3)


def test_what_comes_in_time_waits_for_nothing() -> None:
    now, pace = 0.0, Pace(0.0)
    for _ in range(1_000):
        assert pace.passed(0.02, now) == 0.0
        now += 0.02


def test_a_page_of_a_second_is_spread_over_a_second() -> None:
    now, pace, waits = 0.0, Pace(0.0), []
    for _ in range(50):
        waits.append(pace.passed(0.02, now))
        now += waits[-1]
    assert now == pytest.approx(1.0 - LEAD_SECONDS, abs=0.01)
    assert max(waits) < 0.03


def test_after_a_stutter_it_is_made_good_at_once() -> None:
    pace = Pace(0.0)
    pace.passed(0.02, 0.0)
    assert [pace.passed(0.02, 0.5) for _ in range(24)] == [0.0] * 24


def test_after_a_long_silence_only_a_second_is_made_good() -> None:
    pace = Pace(0.0)
    made_good = 0.0
    while pace.passed(0.02, 30.0) == 0.0:
        made_good += 0.02
    assert made_good == pytest.approx(CATCH_UP_SECONDS + LEAD_SECONDS, abs=0.05)


def test_a_clock_that_is_a_little_fast_is_followed() -> None:
    now, longest, pace = 0.0, 0.0, Pace(0.0)
    for _ in range(200_000):
        longest = max(longest, pace.passed(0.02, now))
        now += 0.02 * (1 - 300e-6)
    assert longest == 0.0
