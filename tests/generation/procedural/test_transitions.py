import numpy as np
import pytest

from dsp.block import CHANNELS, SAMPLE_RATE, frames_of
from generation.procedural.form import DANCE
from generation.procedural.grid import Grid
from generation.procedural.plan import Kind, lay_out
from generation.procedural.transitions import TRANSITIONS, write_transitions

GRID = Grid(125.0)
PLAN = lay_out(96, DANCE.layouts, DANCE.short, {kind: {} for kind in Kind}, np.random.default_rng(0))


@pytest.mark.parametrize("name", TRANSITIONS)
@pytest.mark.parametrize("seconds", [1.9, 4.0])
def test_each_sounds_and_begins_and_ends_without_a_click(name: str, seconds: float) -> None:
    sound = TRANSITIONS[name](frames_of(seconds), np.random.default_rng(0))
    assert sound.shape == (CHANNELS, frames_of(seconds))
    assert sound.dtype == np.float32
    assert 0.01 < np.abs(sound).max() < 2.5
    assert np.abs(sound[:, 0]).max() < 0.05
    assert np.abs(sound[:, -1]).max() < 0.05


def test_a_riser_rises_and_a_wind_falls() -> None:
    for name, rises in (("riser", True), ("whistle riser", True), ("reversed crash", True), ("wind", False), ("impact", False)):
        sound = TRANSITIONS[name](frames_of(4.0), np.random.default_rng(0))
        first, last = (float(np.mean(part**2)) for part in (sound[:, : 2 * SAMPLE_RATE], sound[:, 2 * SAMPLE_RATE :]))
        assert (last > first) is rises, name


def test_every_drop_is_announced_and_met() -> None:
    for seed in range(5):
        sweeps = write_transitions(PLAN, GRID, False, np.random.default_rng(seed))
        assert [sweep.frame for sweep in sweeps] == sorted(sweep.frame for sweep in sweeps)
        for section in PLAN.sections:
            if section.kind in (Kind.DROP, Kind.DROP2):
                change = GRID.frame_of(section.first_bar)
                assert any(sweep.frame == change and sweep.name == "impact" for sweep in sweeps)
                assert any(sweep.frame + sweep.frames == change and "riser" in sweep.name for sweep in sweeps)


def test_gentle_music_breathes_and_does_not_break() -> None:
    names = {sweep.name for seed in range(8) for sweep in write_transitions(PLAN, GRID, True, np.random.default_rng(seed))}
    assert names == {"riser", "reversed crash", "wind", "soft impact"}
