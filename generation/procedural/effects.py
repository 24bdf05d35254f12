"""Rooms, echoes and movement: the effects a bus goes through. Kernels, in place or into a second bus; none keeps state between calls."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples, frames_of
from dsp.kernel import kernel
from generation.procedural.curve import CONTROL_FRAMES, Curve, points_of

_LINE_SECONDS: Final = (0.0297, 0.0371, 0.0411, 0.0437, 0.0527, 0.0593, 0.0671, 0.0733)
"""Delay lines of the hall: mutually prime in frames, near enough."""


@kernel
def _network(
    wet: Samples,
    dry: Samples,
    lines: NDArray[np.float64],
    lengths: NDArray[np.int64],
    gains: NDArray[np.float64],
    damping: float,
    wander: float,
    level: float,
) -> None:
    """Eight delay lines mixed by a Householder matrix (Jot 1991), damped, two of them slowly wandering so that nothing rings."""
    low = np.zeros(8)
    tap = np.zeros(8)
    mask = lines.shape[1] - 1
    turn = 0.0
    offset = 0.0
    for frame in range(dry.shape[1]):
        if frame % 32 == 0:
            turn += 32 * 2.0 * math.pi * 0.43 / SAMPLE_RATE
            offset = wander * (1.0 + math.sin(turn))
        total = 0.0
        for line in range(8):
            back = lengths[line] - (offset if line % 4 == 1 else (2.0 * wander - offset if line % 4 == 3 else 0.0))
            whole = int(back)
            nearer = lines[line, (frame - whole) & mask]
            value = nearer + (lines[line, (frame - whole - 1) & mask] - nearer) * (back - whole)
            low[line] += (value - low[line]) * damping
            tap[line] = low[line] * gains[line]
            total += tap[line]
        total *= 0.25
        for line in range(8):
            lines[line, frame & mask] = dry[line % 2, frame] + tap[line] - total
        wet[0, frame] += level * (tap[0] - tap[2] + tap[4] - tap[6] + 0.3 * (tap[1] - tap[5]))
        wet[1, frame] += level * (tap[1] - tap[3] + tap[5] - tap[7] + 0.3 * (tap[4] - tap[0]))


@kernel
def _diffuse(sound: Samples, lengths: NDArray[np.int64], store: NDArray[np.float64]) -> None:
    """Four all-pass filters a channel: smear an attack before it enters the network."""
    for channel in range(2):
        for stage in range(4):
            length = lengths[stage] + 7 * channel
            at = 0
            store[:] = 0.0
            for frame in range(sound.shape[1]):
                kept = store[at]
                entering = sound[channel, frame] + 0.6 * kept
                sound[channel, frame] = kept - 0.6 * entering
                store[at] = entering
                at += 1
                if at == length:
                    at = 0


def add_reverb(mix: Samples, send: Samples, seconds: float, size: float, brightness_hz: float, level: float) -> None:
    """Adds the reverberation of `send` to `mix`. `seconds`: to -60 dB; `size` scales the room. `send` is used up."""
    _diffuse(send, np.array([211, 337, 461, 593], np.int64), np.zeros(640))
    lengths = np.array([round(line * size * SAMPLE_RATE) for line in _LINE_SECONDS], np.int64)
    gains = np.asarray(10.0 ** (-3.0 * lengths / (seconds * SAMPLE_RATE)), np.float64)
    damping = 1.0 - math.exp(-2.0 * math.pi * brightness_hz / SAMPLE_RATE)
    lines = np.zeros((8, 1 << int(lengths.max() + 64).bit_length()))
    _network(mix, send, lines, lengths, gains, damping, 6.0, level)


@kernel
def _lift(sound: Samples, level: float, feedback: float, damping: float) -> None:
    """Two heads read a tape of `window` frames at twice its speed by turns, faded by a raised cosine; what they read is also recorded."""
    window = 9_600
    store = np.zeros((2, 16_384))
    low = np.zeros(2)
    for frame in range(sound.shape[1]):
        first = frame % window
        second = (frame + window // 2) % window
        fade = 0.5 - 0.5 * math.cos(2.0 * math.pi * first / window)
        for channel in range(2):
            near = store[channel, (frame - window + first) & 16_383]
            other = store[channel, (frame - window + second) & 16_383]
            lifted = fade * near + (1.0 - fade) * other
            low[channel] += (lifted - low[channel]) * damping
            store[channel, frame & 16_383] = sound[channel, frame] + feedback * low[1 - channel]
            sound[channel, frame] += level * low[channel]


def shimmer(send: Samples, level: float) -> None:
    """Adds, in place, the octave above to what enters a hall, and the octave above that, each softer: it rises as it fades."""
    _lift(send, level, 0.5, 1.0 - math.exp(-2.0 * math.pi * 6500.0 / SAMPLE_RATE))


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
