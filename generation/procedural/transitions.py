"""What joins two sections: risers and reversed cymbals before the change, impacts and crashes on it, a falling wind after it."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import Final

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, frames_of
from generation.procedural.curve import Curve, points_of
from generation.procedural.cymbals import CRASH, cymbal
from generation.procedural.effects import apply_gain
from generation.procedural.envelopes import falling
from generation.procedural.event import Sweep
from generation.procedural.filters import BANDPASS, HIGHPASS, LOWPASS, sweep
from generation.procedural.grid import Grid
from generation.procedural.oscillators import add_voices, table_for, turning
from generation.procedural.plan import FULL, RISING, Kind, Plan

_WHISTLE_HZ: Final = (311.0, 314.5)


def write_transitions(plan: Plan, grid: Grid, gentle: bool, rng: np.random.Generator) -> tuple[Sweep, ...]:
    """The sweeps around each change of section, in order of time. Gentle ones only breathe in and out."""
    if gentle:
        return tuple(sorted(_breaths(plan, grid, rng), key=lambda one: one.frame))
    found: list[Sweep] = []
    for before, after in pairwise(plan.sections):
        change = grid.frame_of(after.first_bar)
        rising = before.kind in RISING
        bars = min(before.bars, 8 if rising and rng.random() < 0.5 else 4 if rising else 2)
        start = grid.frame_of(after.first_bar - bars)
        if rising:
            found.append(Sweep(start, change - start, ("riser", "whistle riser", "flanged riser")[rng.integers(3)], 1.0))
        elif after.kind is not Kind.OUTRO or rng.random() < 0.5:
            found.append(Sweep(start, change - start, "riser", 0.35))
        if rng.random() < 0.7:
            back = grid.frame_of(after.first_bar - 1)
            found.append(Sweep(back, change - back, "reversed crash", 0.8 if rising else 0.5))
        found.append(Sweep(change, frames_of(4.0), "impact" if after.kind in FULL else "soft impact", 1.0 if after.kind in FULL else 0.6))
        if after.kind in FULL or rng.random() < 0.5:
            found.append(Sweep(change, frames_of(4.2), "crash", 0.9 if after.kind in FULL else 0.5))
        if after.kind in (Kind.BREAK, Kind.OUTRO) or rng.random() < 0.3:
            found.append(Sweep(change, round(2 * grid.bar_frames), "wind", 0.6))
        found += _half_way(after.kind, after.first_bar, after.bars, grid)
    end = grid.frame_of(plan.bars)
    found += [Sweep(end, frames_of(4.0), "soft impact", 0.4), Sweep(end, frames_of(4.2), "crash", 0.5)]
    return tuple(sorted(found, key=lambda one: one.frame))


def _breaths(plan: Plan, grid: Grid, rng: np.random.Generator) -> Iterator[Sweep]:
    for before, after in pairwise(plan.sections):
        change, bar = grid.frame_of(after.first_bar), round(grid.bar_frames)
        if rng.random() < 0.6:
            yield Sweep(change - bar, bar, "riser", 0.25)
        if rng.random() < 0.4:
            yield Sweep(change - min(bar, frames_of(4.0)), min(bar, frames_of(4.0)), "reversed crash", 0.4)
        if rng.random() < 0.7:
            yield Sweep(change, min(before.bars, 2) * bar, "wind", 0.5)
        if after.kind in FULL:
            yield Sweep(change, frames_of(4.0), "soft impact", 0.4)


def _half_way(kind: Kind, first_bar: int, bars: int, grid: Grid) -> Iterator[Sweep]:
    """A long drop breathes: a crash at each of its later phrases."""
    if kind in FULL:
        for bar in range(8, bars - 4, 8):
            yield Sweep(grid.frame_of(first_bar + bar), frames_of(4.2), "crash", 0.45)


def _noise(frames: int, rng: np.random.Generator) -> Samples:
    return rng.standard_normal((CHANNELS, frames), np.float32)


def _line(first_hz: float, last_hz: float, frames: int) -> Curve:
    return np.geomspace(first_hz, last_hz, points_of(frames)).astype(np.float32)


def _riser(frames: int, rng: np.random.Generator) -> Samples:
    sound = _noise(frames, rng)
    sweep(sound, _line(350.0, 7500.0, frames), 1.3, BANDPASS)
    along = np.linspace(0.0, 1.0, points_of(frames), dtype=np.float32)
    apply_gain(sound, along**1.7 * np.minimum(1.0, (1.0 - along) * np.float32(frames / 960.0)), 1.0)
    return sound


def _whistle_riser(frames: int, rng: np.random.Generator) -> Samples:
    """Two tones that climb an octave and a half over the noise, a little apart on the sides."""
    sound = _riser(frames, rng)
    sound *= np.float32(0.7)
    along = np.linspace(0.0, 1.0, points_of(frames), dtype=np.float32)
    tones = np.zeros((CHANNELS, frames), np.float32)
    rates = np.array(_WHISTLE_HZ) / SAMPLE_RATE
    for harmonic, level in ((1, 0.32), (2, 0.13)):
        sides = np.eye(CHANNELS, dtype=np.float32) * np.float32(level)
        bend = (harmonic * 2.0 ** (1.5 * along**1.5)).astype(np.float32)
        add_voices(tones, table_for("sine", 6.0 * max(_WHISTLE_HZ)), rates, np.zeros(CHANNELS), sides[0], sides[1], bend)
    apply_gain(tones, along**2 * np.minimum(1.0, (1.0 - along) * np.float32(frames / 960.0)), 1.0)
    sound += tones
    return sound


def _flanged_riser(frames: int, rng: np.random.Generator) -> Samples:
    """The noise beside itself, ever closer."""
    sound = _riser(frames, rng)
    place = np.arange(frames, dtype=np.int32) - np.linspace(420.0, 14.0, frames, dtype=np.float32).astype(np.int32)
    beside = sound[:, np.maximum(0, place, out=place)]
    sound *= np.float32(0.7)
    beside *= np.float32(0.6)
    sound += beside
    return sound


def _impact(frames: int, rng: np.random.Generator) -> Samples:
    """A boom and its dust."""
    dust = _noise(frames, rng)
    sweep(dust, _line(5000.0, 250.0, frames), 0.7, LOWPASS)
    dust *= 0.5 * falling(frames, 0.55)
    hz = 38.0 + 55.0 * falling(frames, 0.12)
    boom = np.sin(turning(hz)) * falling(frames, 0.45)
    sound = dust + 0.5 * boom.astype(np.float32)
    return _ends(sound)


def _soft_impact(frames: int, rng: np.random.Generator) -> Samples:
    dust = _noise(frames, rng)
    sweep(dust, _line(1800.0, 180.0, frames), 0.7, LOWPASS)
    return _ends(0.6 * dust * falling(frames, 0.7))


def _crash(frames: int, rng: np.random.Generator) -> Samples:
    sound = np.zeros((CHANNELS, frames), np.float32)
    stroke = 0.4 * cymbal(CRASH, rng)
    length = min(frames, stroke.shape[1])
    sound[:, :length] = stroke[:, :length]
    return _ends(sound)


def _reversed_crash(frames: int, rng: np.random.Generator) -> Samples:
    return np.ascontiguousarray(_crash(frames, rng)[:, ::-1]) * np.float32(0.8)


def _wind(frames: int, rng: np.random.Generator) -> Samples:
    sound = _noise(frames, rng)
    sweep(sound, _line(6500.0, 300.0, frames), 1.0, BANDPASS)
    sweep(sound, _line(300.0, 150.0, frames), 0.7, HIGHPASS)
    along = np.linspace(0.0, 1.0, frames, dtype=np.float32)
    return _ends(0.6 * sound * (1.0 - along) ** 1.5)


def _ends(sound: Samples) -> Samples:
    """Without a step at either end."""
    sound[:, :48] *= np.linspace(0.0, 1.0, 48, dtype=np.float32)
    sound[:, -960:] *= np.linspace(1.0, 0.0, 960, dtype=np.float32)
    return sound


TRANSITIONS: Final[dict[str, Callable[[int, np.random.Generator], Samples]]] = {
    "riser": _riser,
    "whistle riser": _whistle_riser,
    "flanged riser": _flanged_riser,
    "impact": _impact,
    "soft impact": _soft_impact,
    "crash": _crash,
    "reversed crash": _reversed_crash,
    "wind": _wind,
}
"""(frames, generator) -> float32 [2, frames]."""
