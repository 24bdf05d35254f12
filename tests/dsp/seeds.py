"""Sounds that nobody chose: each number gives another one, made to break a limiter. And settings that nobody chose."""

from dataclasses import replace
from typing import Any

import numpy as np

from dsp.block import SAMPLE_RATE, Samples
from dsp.settings import BadSettings, MasteringSettings, ranges
from tests.dsp.sounds import music

KINDS = 10
STAGES = ("pre_gain", "rumble", "deesser", "crossover", "compressor", "width", "exciter", "servo", "lowpass")
"""What may be bypassed while the ceiling is to be held."""


def seeded(seed: int, seconds: float = 1.0) -> Samples:
    """Noise, tones or impulses of a seed's own kind, level (-3 to +24 dBFS), envelope and bandwidth."""
    random = np.random.default_rng(seed)
    frames = round(seconds * SAMPLE_RATE)
    turns = np.arange(frames) / SAMPLE_RATE
    level = 10.0 ** (random.uniform(-3.0, 24.0) / 20.0)
    envelope = np.repeat(random.uniform(0.05, 1.0, 50), -(-frames // 50))[:frames]
    if random.random() < 0.3:
        envelope = np.where(envelope > 0.6, 1.0, 0.0)
    return np.asarray(_kind(seed % KINDS, random, frames, turns) * level * envelope, np.float32)


def _kind(kind: int, random: np.random.Generator, frames: int, turns: np.ndarray) -> np.ndarray:
    """Within [-1, 1] or so, [2, frames]."""
    signs = np.array([-1.0, 1.0])
    if kind == 0:
        return random.standard_normal((2, frames)) / 3.0
    if kind == 1:
        return random.choice(signs, (2, frames))
    if kind == 2:
        return np.tile(random.choice(signs, frames), (2, 1))
    if kind == 3:
        held = int(random.integers(2, 7))
        return np.repeat(random.uniform(-1.0, 1.0, (2, frames // held + 1)), held, axis=1)[:, :frames]
    if kind == 4:
        return np.tile(np.sin(2.0 * np.pi * random.uniform(5_000.0, 23_900.0) * turns), (2, 1))
    if kind == 5:
        hz, start = SAMPLE_RATE / 4 + random.uniform(-300.0, 300.0, (4, 1)), random.uniform(0.0, 6.0, (4, 1))
        tones = np.sin(2.0 * np.pi * hz * turns + start)
        return np.asarray(tones[:2] + tones[2:]) / 2.0
    if kind == 6:
        return random.choice(signs, (2, frames)) * (random.random((2, frames)) < random.uniform(1e-4, 1e-2))
    if kind == 7:
        return np.tile(np.sign(np.sin(2.0 * np.pi * random.uniform(30.0, 9_000.0) * turns)), (2, 1))
    if kind == 8:
        return np.tile(np.sin(2.0 * np.pi * (30.0 + random.uniform(2_000.0, 11_900.0) * turns / turns[-1]) * turns), (2, 1))
    return np.asarray(np.clip(12.0 * music(2.0, int(random.integers(8)))[:, :frames], -1.0, 1.0))


def seeded_settings(seed: int, lowest_ceiling_dbtp: float = -6.0, highest_ceiling_dbtp: float = -1.0) -> MasteringSettings:
    """Every number anywhere within its bounds, every stage but the limiter bypassed or not; the ceiling between these two."""
    random = np.random.default_rng(seed)
    while True:
        table: dict[str, Any] = {stage: {} for stage in STAGES}
        for path, (least, most) in ranges().items():
            _put(table, path.split("."), float(random.uniform(least, most)))
        for stage in STAGES:
            table[stage]["bypass"] = bool(random.random() < 0.3)
        try:
            settings = MasteringSettings.from_table(table)
        except BadSettings:  # cuts too near to one another
            continue
        ceiling = float(random.uniform(lowest_ceiling_dbtp, highest_ceiling_dbtp))
        return replace(settings, limiter=replace(settings.limiter, ceiling_dbtp=ceiling))


def _put(table: dict[str, Any], path: list[str], value: float) -> None:
    for part in path[:-1]:
        table = table.setdefault(part, {})
    table[path[-1]] = value
