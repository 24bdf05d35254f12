import numpy as np
import pytest

from generation.procedural.event import Hit
from generation.procedural.fill import FILLS_FOUR, FILLS_TWO_STEP, Fill, roll
from generation.procedural.grid import STEPS, Grid
from generation.procedural.hand import Hand
from generation.procedural.kit import Drum
from generation.procedural.part import DRUMS
from generation.procedural.plan import Bar, Kind

GRID = Grid(128.0)


@pytest.mark.parametrize("fill", [*FILLS_FOUR, *FILLS_TWO_STEP])
def test_a_fill_changes_something_within_its_bar(fill: Fill) -> None:
    assert fill.stops or fill.hits
    assert set(fill.stops) <= set(DRUMS)
    assert all(0 < step < STEPS for step in fill.stops.values())
    for part, strokes in fill.hits.items():
        assert part in DRUMS
        assert all(0.0 <= step < STEPS and 0.0 < velocity <= 1.0 for _, step, velocity in strokes)


def test_no_two_fills_are_the_same() -> None:
    for fills in (FILLS_FOUR, FILLS_TWO_STEP):
        assert all(one != other for number, one in enumerate(fills) for other in fills[:number])


def rolled(left: int) -> list[Hit]:
    return list(roll(Bar(3 - left, Kind.BUILD, 3 - left, left), Drum.SNARE, Hand(GRID, np.random.default_rng(0), 0.0)))


def test_a_roll_doubles_grows_and_leaves_the_last_beat_free() -> None:
    bars = [rolled(left) for left in (3, 2, 1, 0)]
    assert [len(hits) for hits in bars] == [8, 8, 16, 12]
    velocities = [hit.velocity for hits in bars for hit in hits]
    assert velocities == sorted(velocities)
    assert bars[3][-1].frame < GRID.frame_of(3, 12)
