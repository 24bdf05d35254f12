"""How far it is, in figures that do not jump."""

import numpy as np
import pytest

from server.video.bill import Turn
from server.video.canvas import Canvas
from server.video.colour import Ink
from server.video.timer import tell, told


@pytest.mark.parametrize(
    ("turn", "said"),
    [
        (Turn(0.0, 214.0), "0:00 / 3:34"),
        (Turn(65.9, 214.0), "1:05 / 3:34"),
        (Turn(999.0, 214.0), "3:34 / 3:34"),
        (Turn(3_600.0, 7_325.0), "1:00:00 / 2:02:05"),
        (Turn(59.0, None), "0:59"),
        (Turn(400 * 3600.0 + 61, None), "1:01"),
    ],
)
def test_says(turn: Turn, said: str) -> None:
    assert told(turn) == said


def columns(turn: Turn, ends: bool) -> np.ndarray:
    canvas = Canvas.blank()
    tell(canvas, turn, 600.0, 300.0, 20, Ink(235, 128, 128), 1.0, ends)
    return np.flatnonzero((canvas.luma > 60).any(0))


def test_ends_where_it_should() -> None:
    assert 594 <= columns(Turn(65.0, 214.0), True)[-1] < 600
    assert 600 <= columns(Turn(65.0, 214.0), False)[0] < 606


def test_all_figures_are_equally_wide() -> None:
    first = columns(Turn(3.0, 214.0), True)[0]
    assert {int(columns(Turn(float(seconds), 214.0), True)[0]) - int(first) for seconds in range(2, 10)} <= {-1, 0, 1}
