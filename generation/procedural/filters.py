"""Filters for both channels of a sound, in place. Those that move are state-variable (stable however fast the cutoff moves); those
that stand are biquads.

Sources: A. Simper, "Solving the continuous SVF equations using trapezoidal integration" (2013); R. Bristow-Johnson, "Cookbook formulae
for audio EQ biquad filter coefficients".
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples
from dsp.kernel import kernel
from generation.procedural.curve import CONTROL_FRAMES, Curve

LOWPASS: Final = 0
BANDPASS: Final = 1
HIGHPASS: Final = 2

Coefficients = NDArray[np.float64]
"""b0 b1 b2 a1 a2, with a0 = 1."""


@kernel
def sweep(sound: Samples, cutoff_hz: Curve, resonance: float, kind: int) -> None:
    """A filter whose cutoff follows a curve. `resonance` is Q; the bandpass has a gain of 1 at its centre."""
    damping = 1.0 / resonance
    band = np.zeros(2)
    low = np.zeros(2)
    a1 = a2 = a3 = 0.0
    for frame in range(sound.shape[1]):
        if frame % CONTROL_FRAMES == 0:
            hz = min(max(cutoff_hz[frame // CONTROL_FRAMES], 8.0), 20_000.0)
            g = math.tan(math.pi * hz / SAMPLE_RATE)
            a1 = 1.0 / (1.0 + g * (g + damping))
            a2 = g * a1
            a3 = g * a2
        for channel in range(2):
            value = sound[channel, frame]
            v3 = value - low[channel]
            v1 = a1 * band[channel] + a2 * v3
            v2 = low[channel] + a2 * band[channel] + a3 * v3
            band[channel] = 2.0 * v1 - band[channel]
            low[channel] = 2.0 * v2 - low[channel]
            if kind == LOWPASS:
                sound[channel, frame] = v2
            elif kind == BANDPASS:
                sound[channel, frame] = damping * v1
            else:
                sound[channel, frame] = value - damping * v1 - v2


@kernel
def filter_through(sound: Samples, coefficients: Coefficients) -> None:
    """One standing biquad."""
    b0, b1, b2, a1, a2 = coefficients
    s1 = np.zeros(2)
    s2 = np.zeros(2)
    for frame in range(sound.shape[1]):
        for channel in range(2):
            value = sound[channel, frame]
            out = b0 * value + s1[channel]
            s1[channel] = b1 * value - a1 * out + s2[channel]
            s2[channel] = b2 * value - a2 * out
            sound[channel, frame] = out


@kernel
def narrow_below(sound: Samples, coefficients: Coefficients, width: Curve) -> None:
    """Filters the side channel by a high-pass biquad and scales it: what lies below becomes mono, what is above `width` times as wide."""
    b0, b1, b2, a1, a2 = coefficients
    s1 = 0.0
    s2 = 0.0
    for frame in range(sound.shape[1]):
        middle = 0.5 * (sound[0, frame] + sound[1, frame])
        side = 0.5 * (sound[0, frame] - sound[1, frame])
        out = b0 * side + s1
        s1 = b1 * side - a1 * out + s2
        s2 = b2 * side - a2 * out
        wide = width[frame // CONTROL_FRAMES] * out
        sound[0, frame] = middle + wide
        sound[1, frame] = middle - wide


def _normal(b0: float, b1: float, b2: float, a0: float, a1: float, a2: float) -> Coefficients:
    return np.array([b0, b1, b2, a1, a2]) / a0


def highpass(hz: float, q: float = math.sqrt(0.5)) -> Coefficients:
    """12 dB an octave."""
    w = 2.0 * math.pi * hz / SAMPLE_RATE
    alpha, cosine = math.sin(w) / (2.0 * q), math.cos(w)
    return _normal((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha)


def lowpass(hz: float, q: float = math.sqrt(0.5)) -> Coefficients:
    """12 dB an octave."""
    w = 2.0 * math.pi * hz / SAMPLE_RATE
    alpha, cosine = math.sin(w) / (2.0 * q), math.cos(w)
    return _normal((1 - cosine) / 2, 1 - cosine, (1 - cosine) / 2, 1 + alpha, -2 * cosine, 1 - alpha)


def bell(hz: float, gain_db: float, q: float) -> Coefficients:
    """Raises or lowers what is around `hz`."""
    w = 2.0 * math.pi * hz / SAMPLE_RATE
    a = 10.0 ** (gain_db / 40.0)
    alpha, cosine = math.sin(w) / (2.0 * q), math.cos(w)
    return _normal(1 + alpha * a, -2 * cosine, 1 - alpha * a, 1 + alpha / a, -2 * cosine, 1 - alpha / a)


def shelf(hz: float, gain_db: float, high: bool) -> Coefficients:
    """Raises or lowers all above (`high`) or below `hz`, with a slope of 1."""
    w = 2.0 * math.pi * hz / SAMPLE_RATE
    a = 10.0 ** (gain_db / 40.0)
    sign = -1.0 if high else 1.0
    cosine, root = math.cos(w), 2.0 * math.sqrt(a) * math.sin(w) * math.sqrt(0.5)
    return _normal(
        a * ((a + 1) - sign * (a - 1) * cosine + root),
        sign * 2 * a * ((a - 1) - sign * (a + 1) * cosine),
        a * ((a + 1) - sign * (a - 1) * cosine - root),
        (a + 1) + sign * (a - 1) * cosine + root,
        sign * -2 * ((a - 1) + sign * (a + 1) * cosine),
        (a + 1) + sign * (a - 1) * cosine - root,
    )
