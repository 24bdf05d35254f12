"""The model of a player: when a listener is said to have heard a gap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.player import Player


def test_a_burst_bears_a_stall_of_its_length() -> None:
    player = Player()
    player.arrive(4.0, 100.0)
    player.arrive(0.3, 103.9)
    assert player.gaps == 0
    assert player.level_seconds(103.9) == pytest.approx(0.4)


def test_a_longer_stall_is_a_gap_of_the_difference() -> None:
    player = Player()
    player.arrive(1.0, 0.0)
    player.arrive(1.0, 3.5)
    assert player.gaps == 1
    assert player.silent_seconds == pytest.approx(2.5)


def test_waiting_longer_is_still_one_arrival_away() -> None:
    player = Player()
    player.arrive(1.0, 0.0)
    player.wait(2.0)
    player.wait(3.0)
    assert player.silent_seconds == pytest.approx(2.0)


def test_before_the_first_sound_nothing_is_missing() -> None:
    player = Player()
    player.wait(50.0)
    player.arrive(1.0, 60.0)
    assert player.gaps == 0


@given(st.lists(st.floats(0, 2), min_size=1, max_size=60))
def test_who_gets_sound_in_time_never_hears_a_gap(delays: list[float]) -> None:
    player = Player()
    now = 0.0
    player.arrive(2.0, now)
    for delay in delays:
        now += delay
        player.arrive(delay, now)
    assert player.gaps == 0
