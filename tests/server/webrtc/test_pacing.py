"""What the pace makes of batches, of late ones, and of a clock that moves."""

import random
from itertools import pairwise

import pytest

from server.webrtc.pacing import MARGIN_SECONDS, MEMORY_SECONDS, SHRINKING, WIDEST_SECONDS, Pacing

BATCH = 3_840
BATCH_SECONDS = 0.08
START = 48_000 * 100_000


def feed(pacing: Pacing, batches: range, lateness, zero: float = 0.0) -> list[float]:  # type: ignore[no-untyped-def]
    """Batches in real time, each `lateness(number)` seconds late. The delay behind `zero` after each."""
    delays = []
    for number in batches:
        position = START + number * BATCH
        pacing.arrived(position, zero + number * BATCH_SECONDS + lateness(number))
        delays.append(pacing.due(position) - zero - number * BATCH_SECONDS)
    return delays


def test_packets_of_one_batch_go_out_one_after_the_other() -> None:
    pacing = Pacing()
    pacing.arrived(START, 50.0)
    assert [pacing.due(START + 960 * number) for number in range(4)] == pytest.approx(
        [50.0 + MARGIN_SECONDS + 0.02 * number for number in range(4)]
    )


def test_the_delay_settles_at_the_latest_batch() -> None:
    rolls = random.Random(1)
    delays = feed(Pacing(), range(100), lambda _: rolls.uniform(0, 0.04))
    assert delays[-1] == pytest.approx(0.04 + MARGIN_SECONDS, abs=0.004)
    assert max(delays[20:]) - min(delays[20:]) < 0.005


def test_a_late_batch_makes_the_delay_grow_at_once_and_shrink_unheard() -> None:
    pacing = Pacing()
    feed(pacing, range(50), lambda _: 0.0)
    [grown] = feed(pacing, range(50, 51), lambda _: 0.2)
    after = feed(pacing, range(51, 51 + 400), lambda _: 0.0)
    assert grown == pytest.approx(0.2 + MARGIN_SECONDS)
    assert after[int(MEMORY_SECONDS / BATCH_SECONDS) - 2] == pytest.approx(grown)
    assert after[-1] < 0.06
    steps = [soon - late for soon, late in pairwise(after)]
    assert max(steps) <= SHRINKING * BATCH_SECONDS + 1e-9


def test_a_heap_of_old_packets_does_not_delay_what_follows() -> None:
    """A front that starts is given the last 77 seconds at once."""
    pacing = Pacing()
    for number in range(900):
        pacing.arrived(START + number * BATCH, 1_000.0)
    newest = START + 899 * BATCH
    assert pacing.due(newest) - 1_000.0 <= WIDEST_SECONDS + MARGIN_SECONDS


def test_a_batch_that_is_much_too_late_is_not_waited_for() -> None:
    pacing = Pacing()
    feed(pacing, range(50), lambda _: 0.0)
    assert feed(pacing, range(50, 51), lambda _: 0.7) == [pytest.approx(MARGIN_SECONDS)]


def test_a_clock_that_has_moved_back_is_learnt_within_a_second_or_two() -> None:
    pacing = Pacing()
    feed(pacing, range(50), lambda _: 0.0)
    delays = feed(pacing, range(50, 80), lambda _: 5.0)
    assert delays[-1] == pytest.approx(5.0 + MARGIN_SECONDS)


def test_a_clock_that_has_moved_ahead_is_followed_at_once() -> None:
    pacing = Pacing()
    feed(pacing, range(50), lambda _: 0.0)
    [delay] = feed(pacing, range(50, 51), lambda _: -3_600.0)
    assert delay <= -3_600.0 + WIDEST_SECONDS + MARGIN_SECONDS
