"""What moves over the length of a track: how open the filters stand, how loud the voices are, the thinning before a drop, the tides."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from generation.procedural.curve import CONTROL_FRAMES, Curve, points_of, seconds_along
from generation.procedural.grid import Grid
from generation.procedural.plan import RISING, Kind, Plan

Openness = Mapping[Kind, tuple[float, float]]
"""Cutoff of the voices' filter in Hz at the start and at the end of a section."""

VOICES_DB: Final = {
    Kind.INTRO: -3.0,
    Kind.BUILD: -2.0,
    Kind.DROP: 0.0,
    Kind.BREAK: -0.5,
    Kind.BUILD2: -0.5,
    Kind.DROP2: 0.0,
    Kind.OUTRO: -2.0,
}
"""Of the voices."""
_THINNEST_HZ: Final = 260.0
_THINNING_BARS: Final = 4
_LOWEST_HZ: Final = 18.0
_RINGING_HZ: Final = 5_000.0
"""Where the filter stands after the last bar, when the last chord rings."""
_BREATHS_SECONDS: Final = (17.0, 27.5)
_TIDES_SECONDS: Final = (15.0, 34.0)


def openness(plan: Plan, grid: Grid, frames: int, hertz: Openness, breath_octaves: float = 0.0) -> Curve:
    """The cutoff of the voices in Hz, which sways by `breath_octaves` up and down, never twice the same way."""
    curve = np.full(points_of(frames), _RINGING_HZ, np.float32)
    for section in plan.sections:
        start, end = (grid.frame_of(bar) // CONTROL_FRAMES for bar in (section.first_bar, section.first_bar + section.bars))
        curve[start:end] = np.geomspace(*hertz[section.kind], end - start)
    if breath_octaves:
        time = seconds_along(frames)
        sway = sum(np.sin(np.float32(2.0 * np.pi / seconds) * time) for seconds in _BREATHS_SECONDS) / len(_BREATHS_SECONDS)
        curve *= np.float32(2.0) ** (np.float32(breath_octaves) * sway)
    return curve


def thinning(plan: Plan, grid: Grid, frames: int) -> Curve:
    """The cutoff of the high-pass over everything, in Hz: it climbs in the last bars of a build and falls back on the drop."""
    curve = np.full(points_of(frames), _LOWEST_HZ, np.float32)
    for section in plan.sections:
        if section.kind in RISING:
            last = section.first_bar + section.bars
            start, end = (grid.frame_of(bar) // CONTROL_FRAMES for bar in (last - min(_THINNING_BARS, section.bars), last))
            curve[start:end] = np.geomspace(_LOWEST_HZ, _THINNEST_HZ, end - start)
    return curve


def by_section(plan: Plan, grid: Grid, frames: int, values: Sequence[float]) -> Curve:
    """One value for each section, with changes that take the last beat before the new one."""
    edges, held = [0.0], [values[0]]
    for (_, after), (old, new) in zip(pairwise(plan.sections), pairwise(values), strict=True):
        change = float(grid.frame_of(after.first_bar))
        edges += [change - grid.bar_frames / 4.0, change]
        held += [old, new]
    return np.interp(np.arange(points_of(frames)) * CONTROL_FRAMES, edges, held).astype(np.float32)


def loudness(plan: Plan, grid: Grid, frames: int, decibels: Mapping[Kind, float] = VOICES_DB) -> Curve:
    """A gain from one level for each kind of section."""
    levels = by_section(plan, grid, frames, [decibels.get(section.kind, 0.0) for section in plan.sections])
    return np.asarray(10.0 ** (levels / 20.0), np.float32)


def tide(frames: int, depth_db: float, rng: np.random.Generator) -> Curve:
    """A gain that comes and goes over a quarter of a minute and more: 0 dB at flood, `depth_db` below at the lowest ebb."""
    time = seconds_along(frames)
    waves = [np.sin(2.0 * np.pi * (time / rng.uniform(*_TIDES_SECONDS) + rng.random())) for _ in range(2)]
    return np.asarray(10.0 ** (depth_db * (0.25 * (waves[0] + waves[1]) - 0.5) / 20.0), np.float32)
