"""The drift is bounded, slow, smooth, and rests on whole pixels."""

from itertools import pairwise

import pytest

from dsp.block import SAMPLE_RATE
from server.video.canvas import PICTURE_FRAMES
from server.video.drift import REACH_ACROSS, REACH_DOWN, drift_at

HOUR = [drift_at(number * PICTURE_FRAMES) for number in range(30 * 3600)]


def test_is_bounded_for_ever() -> None:
    for position in (0, 10**9, 10**12, 2**62):
        across, down = drift_at(position)
        assert abs(across) <= REACH_ACROSS + 1
        assert abs(down) <= REACH_DOWN + 1
    assert max(across for across, _ in HOUR) > REACH_ACROSS - 1
    assert min(down for _, down in HOUR) < 1 - REACH_DOWN


def test_is_never_seen_to_move() -> None:
    for axis in (0, 1):
        steps = [abs(here[axis] - before[axis]) for before, here in pairwise(HOUR)]
        assert max(steps) < 0.05


def test_rests_on_whole_pixels_most_of_the_time() -> None:
    assert sum(across == int(across) and down == int(down) for across, down in HOUR) > 0.5 * len(HOUR)


@pytest.mark.parametrize("seconds", [100, 1_000, 40_000])
def test_a_position_has_one_place(seconds: int) -> None:
    assert drift_at(seconds * SAMPLE_RATE) == drift_at(seconds * SAMPLE_RATE)
