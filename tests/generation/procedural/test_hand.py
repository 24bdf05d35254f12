import numpy as np

from dsp.block import SAMPLE_RATE
from generation.procedural.grid import Grid
from generation.procedural.hand import LATEST_SECONDS, Hand

GRID = Grid(120.0)


def test_strokes_lie_around_their_step_never_far_and_never_before_the_first_frame() -> None:
    hand = Hand(GRID, np.random.default_rng(0), 0.003)
    off = np.array([hand.frame(1, 0) - GRID.frame_of(1) for _ in range(500)])
    assert np.abs(off).max() <= LATEST_SECONDS * SAMPLE_RATE
    assert abs(off.mean()) < 0.0006 * SAMPLE_RATE
    assert 0.0015 < off.std() / SAMPLE_RATE < 0.003
    assert min(hand.frame(0, 0) for _ in range(200)) == 0


def test_a_steady_hand_and_the_clock_of_the_others_are_exact() -> None:
    steady, loose = Hand(GRID, np.random.default_rng(0), 0.0), Hand(GRID, np.random.default_rng(0), 0.003)
    assert steady.frame(3, 5) == GRID.frame_of(3, 5)
    assert loose.exact(3, 5) == GRID.frame_of(3, 5)


def test_nobody_plays_twice_as_hard_as_meant() -> None:
    hand = Hand(GRID, np.random.default_rng(0), 0.001)
    played = [hand.velocity(0.7) for _ in range(300)]
    assert 0.88 * 0.7 <= min(played) < 0.65 < 0.72 < max(played) <= 1.06 * 0.7
    assert max(hand.velocity(1.0) for _ in range(100)) == 1.0


def test_a_length_is_so_many_steps() -> None:
    assert Hand(GRID, np.random.default_rng(0), 0.0).frames(4) == SAMPLE_RATE // 2
