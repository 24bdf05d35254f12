import numpy as np
import pytest

from generation.procedural.stage import add_scaled, both, place


def test_a_sound_is_added_where_it_is_put_and_what_falls_outside_is_cut() -> None:
    bus = np.full((2, 10), 0.5, np.float32)
    place(bus, both(np.ones(4)), 8)
    place(bus, both(np.ones(4)), -3)
    place(bus, both(np.ones(4)), 50)
    assert bus[0] == pytest.approx([1.5, *[0.5] * 7, 1.5, 1.5])


def test_the_middle_keeps_the_image_and_panning_keeps_the_power() -> None:
    image = np.array([[1.0], [0.25]], np.float32)
    for pan, gains in ((0.0, (1.0, 1.0)), (-1.0, (np.sqrt(2.0), 0.0)), (1.0, (0.0, np.sqrt(2.0)))):
        bus = np.zeros((2, 1), np.float32)
        place(bus, image, 0, 2.0, pan)
        assert bus[:, 0] == pytest.approx(2.0 * image[:, 0] * gains, abs=1e-6)
    for pan in np.linspace(-1.0, 1.0, 9):
        bus = np.zeros((2, 1), np.float32)
        place(bus, np.ones((2, 1), np.float32), 0, 1.0, float(pan))
        assert float(np.sum(bus**2)) == pytest.approx(2.0, rel=1e-5)


def test_a_bus_is_added_to_another() -> None:
    bus, other = np.ones((2, 6), np.float32), np.arange(12, dtype=np.float32).reshape(2, 6)
    add_scaled(bus, other, 0.5)
    assert np.array_equal(bus, 1.0 + 0.5 * np.arange(12).reshape(2, 6))
