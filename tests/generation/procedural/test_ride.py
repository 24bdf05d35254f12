import numpy as np

from dsp.block import Samples
from dsp.loudness import hop_energies, lufs
from generation.procedural.grid import Grid
from generation.procedural.plan import Kind, Plan, Section
from generation.procedural.ride import BELOW_DROP_LU, ride

GRID = Grid(120.0)
PLAN = Plan(tuple(Section(kind, 4 * place, 4) for place, kind in enumerate(Kind)), {})
FRAMES = GRID.frame_of(28)


def levels(sound: Samples) -> dict[Kind, float]:
    parts = {one.kind: sound[:, GRID.frame_of(one.first_bar) : GRID.frame_of(one.first_bar + 4)] for one in PLAN.sections}
    return {kind: float(lufs(np.asarray(hop_energies(part).mean()))) for kind, part in parts.items()}


def test_what_is_all_equally_loud_gets_its_form() -> None:
    sound = np.random.default_rng(0).standard_normal((2, FRAMES)).astype(np.float32)
    ride(sound, PLAN, GRID)
    after = levels(sound)
    for kind, below in BELOW_DROP_LU.items():
        assert abs(after[Kind.DROP] - after[kind] - below) < 0.3, kind
    assert abs(after[Kind.DROP] - after[Kind.DROP2]) < 0.1


def test_what_has_its_form_is_left_alone() -> None:
    sound = np.random.default_rng(0).standard_normal((2, FRAMES)).astype(np.float32)
    for kind in BELOW_DROP_LU:
        section = next(one for one in PLAN.sections if one.kind is kind)
        sound[:, GRID.frame_of(section.first_bar) : GRID.frame_of(section.first_bar + 4)] *= 0.5
    before = sound.copy()
    ride(sound, PLAN, GRID)
    assert np.array_equal(sound, before)
