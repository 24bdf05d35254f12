import numpy as np
import pytest

from dsp.smoothing import WINDOW_FRAMES, Smoothed, share_a_window


def drawn(smoothed: Smoothed, frames: int) -> np.ndarray:
    """The first parameter's straight lines, frame by frame."""
    rows, into = smoothed.over(frames)
    places = np.arange(into + 1, into + frames + 1) / WINDOW_FRAMES
    return np.interp(places, np.arange(rows.shape[0]), rows[:, 0])


def test_stands_still_at_exactly_its_value() -> None:
    rows, into = Smoothed([0.1, -3.0]).over(960)
    assert rows.shape == (61, 2)
    assert into == 0
    assert (rows == [0.1, -3.0]).all()


def test_arrives_gently_and_exactly() -> None:
    smoothed = Smoothed([0.0])
    smoothed.aim([1.0])
    way = drawn(smoothed, 48_000)
    assert way[-1] == 1.0
    assert np.argmax(way > 0.99) == pytest.approx(0.2 * 48_000, rel=0.05)
    assert (np.diff(way) >= 0.0).all()
    assert np.abs(np.diff(way, 2)).max() < 1e-6 * WINDOW_FRAMES * 5


@pytest.mark.parametrize("frames", [7, 64, 100, 960])
def test_the_way_does_not_depend_on_the_length_of_a_block(frames: int) -> None:
    whole, cut = Smoothed([0.0]), Smoothed([0.0])
    for smoothed in (whole, cut):
        smoothed.over(32)
        smoothed.aim([5.0])
    expected = drawn(whole, 67_200)
    assert np.array_equal(np.concatenate([drawn(cut, frames) for _ in range(67_200 // frames)]), expected)
    assert expected[-1] == 5.0


def test_can_turn_round_on_its_way() -> None:
    smoothed = Smoothed([0.0])
    smoothed.aim([1.0])
    there = drawn(smoothed, 1000)
    smoothed.aim([0.0])
    back = drawn(smoothed, 48_000)
    assert 0.0 < there[-1] < 1.0
    assert back[-1] == 0.0
    assert np.abs(np.diff(np.concatenate((there, back)))).max() < 1e-3


def test_a_share_is_that_of_a_one_pole_filter() -> None:
    left = (1.0 - share_a_window(10.0)) ** (480 / WINDOW_FRAMES)
    assert left == pytest.approx(np.exp(-1.0))
