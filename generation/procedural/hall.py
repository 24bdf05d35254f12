"""The hall: what the parts send into it, and what comes back.

A hall swallows its treble, so it is kept and computed at half the rate; and what is sent into it waits in 16 bits until all have sent
theirs, as in the first digital halls. So it takes a quarter of the memory that it would.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from dsp.kernel import kernel
from generation.procedural.filters import filter_through, highpass

RATE: Final = SAMPLE_RATE // 2
Send = NDArray[np.int16]
"""[2, half the frames]."""

UNIT: Final = 8192.0
"""What stands for 1 in a send: it holds up to 4, and what is above is clipped."""
_LOWEST_HZ: Final = 220.0
_LINE_SECONDS: Final = (0.0297, 0.0371, 0.0411, 0.0437, 0.0527, 0.0593, 0.0671, 0.0733)
"""Delay lines of the hall: mutually prime in frames, near enough."""
_SMEAR_FRAMES: Final = (107, 167, 229, 293)
_LIFT_WINDOW: Final = 4_800
_LIFT_DULL_HZ: Final = 6500.0


def _halfband() -> NDArray[np.float64]:
    """The taps of a Kaiser-windowed half-band low-pass at 1, 3, 5 and 7 frames from its middle, whose own tap is 0.5; a sum of 1."""
    distance = np.arange(1, 8, 2)
    taps = np.sin(np.pi * distance / 2.0) / (np.pi * distance) * np.i0(4.5 * np.sqrt(1.0 - (distance / 8.0) ** 2)) / np.i0(4.5)
    return np.asarray(taps * 0.25 / taps.sum(), np.float64)


TAPS: Final = _halfband()


def empty_send(frames: int) -> Send:
    """A send for a sound of so many frames, silent."""
    return np.zeros((CHANNELS, (frames + 1) // 2), np.int16)


@kernel
def _gather(send: Send, bus: Samples, taps: NDArray[np.float64], gain: float) -> None:
    """Adds every second frame of `gain` times the bus behind the half-band filter."""
    frames = bus.shape[1]
    a, b, c, d = taps[0], taps[1], taps[2], taps[3]
    for channel in range(2):
        row = bus[channel]
        out = send[channel]
        for place in range(out.shape[0]):
            at = 2 * place
            if at < 7 or at + 7 >= frames:
                value = float(row[at])
            else:
                value = (
                    0.5 * row[at]
                    + a * (row[at - 1] + row[at + 1])
                    + b * (row[at - 3] + row[at + 3])
                    + c * (row[at - 5] + row[at + 5])
                    + d * (row[at - 7] + row[at + 7])
                )
            total = out[place] + math.floor(gain * value + 0.5)
            out[place] = min(32_767.0, max(-32_767.0, total))


def send_to(send: Send, bus: Samples, level: float) -> None:
    """Adds `level` times the bus to what waits for the hall."""
    _gather(send, bus, TAPS, level * UNIT)


@kernel
def _unpack(sound: Samples, send: Send, gain: float) -> None:
    for channel in range(2):
        for frame in range(send.shape[1]):
            sound[channel, frame] = gain * send[channel, frame]


@kernel
def _lift(sound: Samples, window: int, level: float, feedback: float, damping: float) -> None:
    """Two heads read a tape of `window` frames at twice its speed by turns, faded by a raised cosine; what they read is also recorded."""
    store = np.zeros((2, 8_192))
    low = np.zeros(2)
    for frame in range(sound.shape[1]):
        first = frame % window
        second = (frame + window // 2) % window
        fade = 0.5 - 0.5 * math.cos(2.0 * math.pi * first / window)
        for channel in range(2):
            near = store[channel, (frame - window + first) & 8_191]
            other = store[channel, (frame - window + second) & 8_191]
            lifted = fade * near + (1.0 - fade) * other
            low[channel] += (lifted - low[channel]) * damping
            store[channel, frame & 8_191] = sound[channel, frame] + feedback * low[1 - channel]
            sound[channel, frame] += level * low[channel]


def shimmer(sound: Samples, level: float) -> None:
    """Adds, in place, the octave above to what enters a hall (at RATE), and the octave above that, each softer: it rises as it fades."""
    _lift(sound, _LIFT_WINDOW, level, 0.5, 1.0 - math.exp(-2.0 * math.pi * _LIFT_DULL_HZ / RATE))


@kernel
def _diffuse(sound: Samples, lengths: NDArray[np.int64], store: NDArray[np.float64]) -> None:
    """Four all-pass filters a channel: smear an attack before it enters the network."""
    for channel in range(2):
        for stage in range(4):
            length = lengths[stage] + 4 * channel
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


@kernel
def _network(
    sound: Samples,
    lines: NDArray[np.float64],
    lengths: NDArray[np.int64],
    gains: NDArray[np.float64],
    damping: float,
    wander: float,
    turn_step: float,
) -> None:
    """Eight delay lines mixed by a Householder matrix (Jot 1991), damped, four of them slowly wandering so that nothing rings. In place."""
    low = np.zeros(8)
    tap = np.zeros(8)
    mask = lines.shape[1] - 1
    turn = 0.0
    offset = 0.0
    for frame in range(sound.shape[1]):
        if frame % 32 == 0:
            turn += 32 * turn_step
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
            lines[line, frame & mask] = sound[line % 2, frame] + tap[line] - total
        sound[0, frame] = tap[0] - tap[2] + tap[4] - tap[6] + 0.3 * (tap[1] - tap[5])
        sound[1, frame] = tap[1] - tap[3] + tap[5] - tap[7] + 0.3 * (tap[4] - tap[0])


def reverberate(sound: Samples, seconds: float, size: float, brightness_hz: float) -> None:
    """Becomes, in place and at RATE, what a room makes of it. `seconds`: to -60 dB; `size` scales the room."""
    _diffuse(sound, np.array(_SMEAR_FRAMES, np.int64), np.zeros(320))
    lengths = np.array([round(line * size * RATE) for line in _LINE_SECONDS], np.int64)
    gains = np.asarray(10.0 ** (-3.0 * lengths / (seconds * RATE)), np.float64)
    damping = 1.0 - math.exp(-2.0 * math.pi * min(brightness_hz, 0.45 * RATE) / RATE)
    lines = np.zeros((8, 1 << int(lengths.max() + 64).bit_length()))
    _network(sound, lines, lengths, gains, damping, 3.0, 2.0 * math.pi * 0.43 / RATE)


@kernel
def _spread(mix: Samples, sound: Samples, taps: NDArray[np.float64], level: float) -> None:
    """mix += level * `sound` at twice its rate."""
    last = sound.shape[1] - 1
    a, b, c, d = 2.0 * taps[0], 2.0 * taps[1], 2.0 * taps[2], 2.0 * taps[3]
    for channel in range(2):
        row = sound[channel]
        out = mix[channel]
        for frame in range(out.shape[0]):
            at = frame // 2
            if frame % 2 == 0:
                out[frame] += level * row[at]
            elif at >= 3 and at + 4 <= last:
                between = a * (row[at] + row[at + 1]) + b * (row[at - 1] + row[at + 2])
                out[frame] += level * (between + c * (row[at - 2] + row[at + 3]) + d * (row[at - 3] + row[at + 4]))
            else:
                out[frame] += level * 0.5 * (row[at] + row[min(at + 1, last)])


def add_hall(mix: Samples, send: Send, room: Samples, seconds: float, size: float, brightness_hz: float, level: float, lift: float) -> None:
    """Adds the hall's answer to `mix`, float32 [2, frames]. `room` is memory to work in, as long as `mix`; `lift`: level of the shimmer."""
    sound = room.reshape(-1)[: send.size].reshape(send.shape)
    _unpack(sound, send, 1.0 / UNIT)
    filter_through(sound, highpass(_LOWEST_HZ * SAMPLE_RATE / RATE))
    if lift:
        shimmer(sound, lift)
    reverberate(sound, seconds, size, brightness_hz)
    _spread(mix, sound, TAPS, level)
