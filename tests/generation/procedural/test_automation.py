import numpy as np
import pytest

from generation.procedural.automation import by_section, loudness, openness, thinning, tide
from generation.procedural.curve import CONTROL_FRAMES, points_of
from generation.procedural.form import DANCE, STILL
from generation.procedural.grid import Grid
from generation.procedural.plan import Kind, Plan, Section

GRID = Grid(120.0)
PLAN = Plan(tuple(Section(kind, 4 * place, 4) for place, kind in enumerate(Kind)), {})
FRAMES = GRID.frame_of(28) + 48_000


def points(first_bar: int, last_bar: int) -> slice:
    return slice(GRID.frame_of(first_bar) // CONTROL_FRAMES, GRID.frame_of(last_bar) // CONTROL_FRAMES)


def test_levels_change_without_a_step() -> None:
    gain = loudness(PLAN, GRID, FRAMES)
    assert len(gain) == points_of(FRAMES)
    assert np.abs(np.diff(gain)).max() < 0.001


def test_each_section_has_its_value_from_its_first_frame_on() -> None:
    values = [float(number) for number in range(7)]
    curve = by_section(PLAN, GRID, FRAMES, values)
    assert curve.dtype == np.float32
    for number in range(7):
        assert curve[points(4 * number, 4 * number + 3)] == pytest.approx(float(number), abs=0.02)
    assert curve[-1] == 6.0


def test_filters_open_in_a_build_and_the_low_end_returns_on_the_drop() -> None:
    opening, thin = openness(PLAN, GRID, FRAMES, DANCE.openness), thinning(PLAN, GRID, FRAMES)
    build = points(4, 8)
    assert np.all(np.diff(opening[build]) > 0.0)
    assert np.all(np.diff(thin[build]) > 0.0)
    assert thin[build.stop - 1] > 200.0
    assert thin[build.stop] < 20.0


def test_the_last_chord_rings_through_an_open_filter() -> None:
    opening = openness(PLAN, GRID, FRAMES, DANCE.openness)
    assert opening[points(27, 28)].max() < 2_000.0
    assert opening[-1] == 5_000.0


def test_a_filter_that_breathes_is_never_still() -> None:
    still = openness(PLAN, GRID, FRAMES, STILL.openness)
    breathing = openness(PLAN, GRID, FRAMES, STILL.openness, 0.5)
    octaves = np.log2(breathing / still)
    assert 0.3 < octaves.max() <= 0.5
    assert -0.5 <= octaves.min() < -0.3
    assert np.abs(np.diff(octaves)).max() < 0.001


def test_a_tide_ebbs_to_its_depth_and_no_further() -> None:
    frames = 300 * 48_000
    decibels = 20.0 * np.log10(tide(frames, 6.0, np.random.default_rng(1)))
    assert len(decibels) == points_of(frames)
    assert -6.0 <= decibels.min() < -4.5
    assert -1.5 < decibels.max() <= 1e-6
    assert np.abs(np.diff(decibels)).max() < 0.01
    other = tide(frames, 6.0, np.random.default_rng(2))
    assert not np.array_equal(other, tide(frames, 6.0, np.random.default_rng(1)))
