"""Echoes and movement: the effects a bus goes through. Kernels, in place; none keeps state between calls."""

import math

import numpy as np

from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.kernel import kernel
from generation.procedural.curve import CONTROL_FRAMES, Curve, points_of


@kernel
def ping_pong(sound: Samples, delay: int, feedback: float, wet: float, damping: float) -> None:
    """Echoes that change sides, each duller and thinner than the one before; added to the sound itself."""
    store = np.zeros((2, delay))
    low = np.zeros(2)
    thick = np.zeros(2)
    at = 0
    for frame in range(sound.shape[1]):
        left = store[0, at]
        right = store[1, at]
        low[0] += (left - low[0]) * damping
        low[1] += (right - low[1]) * damping
        thick[0] += (low[0] - thick[0]) * 0.026
        thick[1] += (low[1] - thick[1]) * 0.026
        store[0, at] = 0.5 * (sound[0, frame] + sound[1, frame]) + feedback * (low[1] - thick[1])
        store[1, at] = feedback * (low[0] - thick[0])
        sound[0, frame] += wet * left
        sound[1, frame] += wet * right / max(feedback, 0.05)
        at += 1
        if at == delay:
            at = 0


@kernel
def ensemble(sound: Samples, depth: float, mix: float) -> None:
    """A chorus: each side adds itself, delayed by a slowly moving 7 to 15 ms, the sides moving against one another."""
    store = np.zeros((2, 1024))
    turn = 0.0
    left_back = right_back = 0.0
    for frame in range(sound.shape[1]):
        if frame % 8 == 0:
            turn += 8 * 2.0 * math.pi * 0.31 / SAMPLE_RATE
            left_back = 520.0 + depth * 170.0 * math.sin(turn)
            right_back = 560.0 - depth * 170.0 * math.sin(turn + 0.6)
        for channel in range(2):
            back = left_back if channel == 0 else right_back
            whole = int(back)
            nearer = store[channel, (frame - whole) & 1023]
            value = nearer + (store[channel, (frame - whole - 1) & 1023] - nearer) * (back - whole)
            store[channel, frame & 1023] = sound[channel, frame]
            sound[channel, frame] += mix * value


@kernel
def apply_gain(sound: Samples, gain: Curve, depth: float) -> None:
    """sound *= 1 - depth * (1 - gain), straight from point to point of the curve; `depth` 0 leaves all as it is."""
    last = gain.shape[0] - 1
    for channel in range(sound.shape[0]):
        for frame in range(sound.shape[1]):
            point = frame // CONTROL_FRAMES
            here = gain[point]
            along = (frame - point * CONTROL_FRAMES) / CONTROL_FRAMES
            sound[channel, frame] *= 1.0 - depth * (1.0 - here - (gain[min(point + 1, last)] - here) * along)


def ducking(frames: int, kicks: list[int], release_seconds: float) -> Curve:
    """A gain that dips to 0 at each kick and returns within about `release_seconds`, smoothly."""
    gain = np.ones(points_of(frames), np.float32)
    length = points_of(frames_of(release_seconds))
    rise = ((0.5 - 0.5 * np.cos(np.linspace(0.0, np.pi, length))) ** 1.5).astype(np.float32)
    fall = points_of(frames_of(0.004))
    for kick in (frame // CONTROL_FRAMES for frame in kicks):
        before = max(0, kick - fall)
        if kick > before:
            gain[before:kick] = np.minimum(gain[before:kick], np.linspace(1.0, 0.0, kick - before))
        after = min(len(gain), kick + length)
        gain[kick:after] = np.minimum(gain[kick:after], rise[: after - kick])
    return gain
