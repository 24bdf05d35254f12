"""What moves over the length of a track: how open the filters stand, how loud the voices are, the thinning before a drop."""

from collections.abc import Mapping
from itertools import pairwise
from typing import Final

import numpy as np

from generation.procedural.curve import CONTROL_FRAMES, Curve, points_of
from generation.procedural.grid import Grid
from generation.procedural.plan import RISING, Kind, Plan

_OPENNESS: Final = {
    Kind.INTRO: (450.0, 1800.0),
    Kind.BUILD: (700.0, 7000.0),
    Kind.DROP: (9000.0, 13_000.0),
    Kind.BREAK: (1500.0, 7000.0),
    Kind.BUILD2: (1300.0, 11_000.0),
    Kind.DROP2: (12_000.0, 16_000.0),
    Kind.OUTRO: (6000.0, 500.0),
}
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


def openness(plan: Plan, grid: Grid, frames: int) -> Curve:
    """The cutoff of the voices in Hz."""
    curve = np.full(points_of(frames), _OPENNESS[Kind.OUTRO][1], np.float32)
    for section in plan.sections:
        start, end = (grid.frame_of(bar) // CONTROL_FRAMES for bar in (section.first_bar, section.first_bar + section.bars))
        curve[start:end] = np.geomspace(*_OPENNESS[section.kind], end - start)
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


def loudness(plan: Plan, grid: Grid, frames: int, decibels: Mapping[Kind, float] = VOICES_DB) -> Curve:
    """A gain from one level for each section, with changes that take the last beat before the new one."""
    edges = [0.0]
    levels = [decibels.get(plan.sections[0].kind, 0.0)]
    for before, after in pairwise(plan.sections):
        change = float(grid.frame_of(after.first_bar))
        edges += [change - grid.bar_frames / 4.0, change]
        levels += [decibels.get(before.kind, 0.0), decibels.get(after.kind, 0.0)]
    return np.asarray(10.0 ** (np.interp(np.arange(points_of(frames)) * CONTROL_FRAMES, edges, levels) / 20.0), np.float32)
