"""How loud a note is over time."""

import math
from typing import Final

import numpy as np

from dsp.block import SAMPLE_RATE
from dsp.kernel import kernel
from generation.procedural.curve import Mono

SHORTEST_ATTACK_SECONDS: Final = 0.0015
"""Shorter ones click."""
_FALLS_TO: Final = math.log(1000.0)
"""A release of r seconds has fallen by 60 dB when they are over."""


@kernel
def _fill(gain: Mono, attack: int, decay_factor: float, sustain: float, held: int, release_factor: float, faded: int) -> None:
    """Linear attack, exponential decay and release, and a last fade of `faded` frames to zero."""
    level = 0.0
    frames = gain.shape[0]
    for frame in range(frames):
        if frame >= held:
            level *= release_factor
        elif frame < attack:
            level = (frame + 1.0) / attack
        else:
            level = sustain + (level - sustain) * decay_factor
        left = frames - frame - 1
        gain[frame] = level * left / faded if left < faded else level


def adsr(frames: int, held_frames: int, attack: float, decay: float, sustain: float, release: float) -> Mono:
    """Attack, decay and release in seconds, sustain as a gain; held for `held_frames` of `frames`. Ends at exactly 0."""
    gain = np.empty(frames, np.float32)
    _fill(
        gain,
        max(1, round(max(attack, SHORTEST_ATTACK_SECONDS) * SAMPLE_RATE)),
        math.exp(-1.0 / (max(decay, 1e-4) * SAMPLE_RATE)),
        sustain,
        held_frames,
        math.exp(-_FALLS_TO / (max(release, 1e-3) * SAMPLE_RATE)),
        min(frames, 192),
    )
    return gain


def falling(frames: int, tau_seconds: float) -> Mono:
    """exp(-t / tau), for one-shots."""
    gain: Mono = np.exp(np.arange(frames, dtype=np.float32) * np.float32(-1.0 / (tau_seconds * SAMPLE_RATE)))
    return gain
