"""Rides the master fader: whatever was written, the drops are the loudest, builds lead up to them, breaks breathe."""

from typing import Final

import numpy as np

from dsp.block import Samples
from dsp.loudness import HOP_FRAMES, hop_energies, lufs
from generation.procedural.automation import loudness
from generation.procedural.effects import apply_gain
from generation.procedural.grid import Grid
from generation.procedural.plan import FULL, Kind, Plan

BELOW_DROP_LU: Final = {Kind.INTRO: 2.0, Kind.BUILD: 1.2, Kind.BREAK: 3.2, Kind.BUILD2: 1.2, Kind.OUTRO: 2.0}
"""How far each section must lie below the drops, at least."""
_FURTHEST_DB: Final = 4.0


def ride(sound: Samples, plan: Plan, grid: Grid) -> None:
    """Takes back, in place, each section that comes too near to the drops."""
    energies = hop_energies(sound)
    levels: dict[Kind, float] = {}
    for section in plan.sections:
        start, end = (grid.frame_of(bar) // HOP_FRAMES for bar in (section.first_bar, section.first_bar + section.bars))
        levels[section.kind] = float(lufs(np.asarray(energies[start:end].mean())))
    drop = max(levels[kind] for kind in FULL if kind in levels)
    back = {kind: -min(_FURTHEST_DB, max(0.0, levels[kind] - (drop - below))) for kind, below in BELOW_DROP_LU.items() if kind in levels}
    if any(back.values()):
        apply_gain(sound, loudness(plan, grid, sound.shape[1], back), 1.0)
