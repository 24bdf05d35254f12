"""Beats one by one, made into a grid."""

import numpy as np
import pytest

from server.ears.even_beats import even_grid


def beats(bpm: float, first: float, count: int) -> np.ndarray:
    return first + np.arange(count) * 60.0 / bpm


def test_even_beats_become_their_grid() -> None:
    times = beats(127.5, 3.21, 200) + np.random.default_rng(0).normal(0.0, 0.004, 200)
    grid = even_grid(times, times[1::4])
    assert grid is not None
    assert grid.bpm == pytest.approx(127.5, abs=0.02)
    assert grid.confidence > 0.99
    assert 0 <= grid.first_beat_frames < grid.beat_frames
    one = round((times[1] * 48_000 - grid.first_beat_frames) / grid.beat_frames)
    assert (one % grid.beats_a_bar, grid.beats_a_bar) == (grid.downbeat, 4)


def test_missing_and_wrong_beats_do_not_bend_it() -> None:
    times = np.delete(beats(90.0, 0.5, 120), [10, 11, 40, 77])
    times = np.sort(np.append(times, [12.34, 30.05]))
    grid = even_grid(times, beats(90.0, 0.5, 120)[::3])
    assert grid is not None
    assert grid.bpm == pytest.approx(90.0, abs=0.05)
    assert (grid.beats_a_bar, grid.downbeat) == (3, round((0.5 * 48_000 - grid.first_beat_frames) / grid.beat_frames) % 3)


def test_a_drifting_tempo_is_not_trusted() -> None:
    grid = even_grid(np.cumsum(60.0 / np.linspace(100.0, 130.0, 200)), np.zeros(0))
    assert grid is None or grid.confidence < 0.5


def test_too_few_make_none() -> None:
    assert even_grid(beats(120.0, 0.0, 5), np.zeros(0)) is None
    assert even_grid(np.zeros(0), np.zeros(0)) is None
