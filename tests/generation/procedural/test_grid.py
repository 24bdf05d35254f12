import numpy as np
import pytest

from dsp.block import SAMPLE_RATE
from generation.procedural.grid import Grid
from generation.procedural.hand import LATEST_SECONDS, Hand


def test_straight_steps_are_equal() -> None:
    grid = Grid(120.0)
    assert grid.step_frames == 6000.0
    assert [grid.frame_of(1, step) for step in (0, 1, 2, 2.5, 15)] == [96_000, 102_000, 108_000, 111_000, 186_000]


def test_swing_delays_every_second_step_and_nothing_else() -> None:
    straight, swung = Grid(125.0), Grid(125.0, 0.58)
    moved = [swung.frame_of(3, step) - straight.frame_of(3, step) for step in range(16)]
    assert moved[::2] == [0] * 8
    assert len(set(moved[1::2])) <= 2
    assert moved[1] == pytest.approx(0.16 * straight.step_frames, abs=1)
    assert swung.frame_of(0, 1) < swung.frame_of(0, 1.5) < swung.frame_of(0, 2)


def test_bars_do_not_drift() -> None:
    grid = Grid(173.0)
    assert grid.frame_of(1000) == round(1000 * 4 * 60 / 173 * SAMPLE_RATE)


def test_a_hand_is_nearly_on_time_and_never_before_the_beginning() -> None:
    grid = Grid(125.0)
    hand = Hand(grid, np.random.default_rng(0), 0.003)
    late = [hand.frame(2, 4) - grid.frame_of(2, 4) for _ in range(500)]
    assert 0 < np.std(late) < 0.004 * SAMPLE_RATE
    assert max(map(abs, late)) <= LATEST_SECONDS * SAMPLE_RATE
    assert min(hand.frame(0, 0) for _ in range(100)) == 0
    assert hand.exact(2, 4) == grid.frame_of(2, 4)
    assert all(0.8 < hand.velocity(1.0) <= 1.0 for _ in range(100))


def test_a_hand_without_looseness_is_a_machine() -> None:
    grid = Grid(125.0)
    assert {Hand(grid, np.random.default_rng(seed), 0.0).frame(1, 3) for seed in range(5)} == {grid.frame_of(1, 3)}
