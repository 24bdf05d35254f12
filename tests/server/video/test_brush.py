"""The brushes against what they promise, pixel by pixel."""

import numpy as np
import pytest

from server.video import brush


def plane(value: int = 50) -> np.ndarray:
    return np.full((40, 60), value, np.uint8)


def strokes(*rows: tuple[float, ...]) -> np.ndarray:
    return np.array(rows, np.float32)


def values(*ends: tuple[float, float]) -> np.ndarray:
    return np.array(ends, np.float32)


def test_settle_keeps_the_mean_of_what_lies_between_two_steps() -> None:
    drawn = np.zeros((128, 128), np.uint8)
    brush.settle(drawn, np.full((128, 128), 40.3, np.float32))
    assert set(np.unique(drawn)) == {40, 41}
    assert drawn.mean() == pytest.approx(40.3, abs=0.03)


def test_mix_goes_all_the_way() -> None:
    here, there = plane(200), plane(17)
    brush.mix(here, there, 1.0)
    assert (here == 17).all()
    brush.mix(here, plane(200), 0.0)
    assert (here == 17).all()


def test_a_stain_on_whole_pixels_is_exact() -> None:
    mask = np.zeros((6, 6), np.uint8)
    mask[2:4, 2:4] = 255
    drawn = plane()
    brush.stain(drawn, mask, 10.0, 20.0, 200.0, 1.0)
    assert (drawn[22:24, 12:14] == 200).all()
    assert (drawn == 200).sum() == 4
    assert (drawn == 50).sum() == 40 * 60 - 4


def test_a_stain_between_pixels_keeps_its_weight() -> None:
    mask = np.zeros((6, 6), np.uint8)
    mask[2:4, 2:4] = 255
    drawn = plane(0)
    brush.stain(drawn, mask, 10.25, 20.5, 200.0, 1.0)
    assert int(drawn.sum()) == pytest.approx(4 * 200, abs=8)


@pytest.mark.parametrize("place", [(-3.5, -3.5), (57.2, 38.1), (-100.0, 0.0), (1e4, 1e4)])
def test_what_lies_beyond_the_edge_is_not_drawn(place: tuple[float, float]) -> None:
    mask = np.zeros((8, 8), np.uint8)
    mask[1:7, 1:7] = 255
    drawn, source = plane(), np.full((8, 8), 90, np.uint8)
    brush.stain(drawn, mask, *place, 200.0, 1.0)
    brush.lay(drawn, source, mask, *place, 1.0)
    x, y = place
    brush.stroke(drawn, strokes((x, y, x + 300, y - 300, 4.0, 1.0, 1.0)), values((200.0, 200.0)), 1.0, False)
    brush.thread(drawn, np.full(99, y, np.float32), np.ones(99, np.float32), x, 1.0, 5.0, 200.0, 1.0)
    assert drawn.min() >= 50


def test_a_stroke_covers_its_area() -> None:
    drawn = plane(0)
    brush.stroke(drawn, strokes((10.0, 20.0, 40.0, 20.0, 3.0, 1.0, 1.0)), values((100.0, 100.0)), 1.0, False)
    assert drawn.sum() / 100 == pytest.approx(30 * 6 + np.pi * 9, rel=0.04)
    assert (drawn[18:22, 12:38] == 100).all()


def test_strokes_that_are_joined_do_not_show_their_ends() -> None:
    drawn = plane(0)
    pieces = strokes((10.0, 20.5, 20.0, 20.5, 0.5, 0.5, 0.5), (20.0, 20.5, 30.0, 20.5, 0.5, 0.5, 0.5))
    brush.stroke(drawn, pieces, values((100.0, 100.0), (100.0, 100.0)), 1.0, True)
    assert set(drawn[20, 10:30]) == {50}
    assert not drawn[20, 30:].any()


def test_a_thread_is_as_thick_on_a_slope() -> None:
    flat, steep = plane(0), plane(0)
    ones = np.ones(40, np.float32)
    brush.thread(flat, 20.0 * ones, ones, 5.0, 1.0, 0.0, 100.0, 1.0)
    brush.thread(steep, np.linspace(5, 35, 40, dtype=np.float32), ones, 5.0, 1.0, 0.0, 100.0, 1.0)
    assert int(flat[:, 20].sum()) == pytest.approx(200, abs=10)
    assert int(steep.sum()) >= int(flat.sum())


def test_ridges_hide_what_is_behind_them() -> None:
    drawn = plane(10)
    curves = np.stack([np.full(60, 0.5, np.float32), np.full(60, 1.0, np.float32)])
    layers = strokes((40.0, 20.0, 2.0, 4.0, 1.0), (30.0, 20.0, 2.0, 4.0, 1.0))
    brush.ridges(drawn, curves, layers, 30.0, values((200.0, 40.0), (150.0, 80.0)), 1.0)
    column = drawn[:, 30].astype(int)
    assert (column[:9] == 10).all(), "the sky"
    assert abs(column[10] - 150) < 8, "the far edge"
    assert abs(column[20] - 80) < 2, "the far body"
    assert abs(column[30] - 200) < 8, "the near edge"
    assert abs(column[39] - 40) < 2, "the near body"
