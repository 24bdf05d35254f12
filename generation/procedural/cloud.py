"""A cloud of grains: scraps of a sound, thrown about in time, pitch and space. What is long and still begins to glitter."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import Samples, frames_of, seconds_of
from dsp.kernel import kernel
from generation.procedural.finish import Cloud
from generation.procedural.hall import UNIT, Send

_RATES: Final = (0.5, 1.0, 1.0, 2.0, 2.0, 4.0)
"""At which speed a grain may be read: an octave below to two above."""
_SECONDS: Final = (0.12, 0.55)
_BACK_SECONDS: Final = (0.05, 2.5)
"""How far before its place a grain is taken from."""


@kernel
def _throw(
    near: Samples,
    far: NDArray[np.int16],
    source: Samples,
    starts: NDArray[np.int64],
    lengths: NDArray[np.int64],
    backs: NDArray[np.int64],
    rates: NDArray[np.float64],
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    hall: float,
) -> None:
    """Adds each grain under a raised cosine to `near`, and `hall` times as much to `far`, at half the rate."""
    for grain in range(starts.shape[0]):
        step = 2.0 * np.pi / lengths[grain]
        turn_re, turn_im = np.cos(step), np.sin(step)
        re, im = 1.0, 0.0
        held = np.zeros(2)
        for frame in range(lengths[grain]):
            to = starts[grain] + frame
            place = starts[grain] - backs[grain] + frame * rates[grain]
            at = int(place)
            if at >= 0 and at + 1 < source.shape[1] and to < near.shape[1]:
                part = place - at
                window = 0.5 - 0.5 * re
                a = source[0, at] + (source[0, at + 1] - source[0, at]) * part
                b = source[1, at] + (source[1, at + 1] - source[1, at]) * part
                one = window * left[grain] * (0.7 * a + 0.3 * b)
                other = window * right[grain] * (0.3 * a + 0.7 * b)
                near[0, to] += one
                near[1, to] += other
                if to % 2:
                    held[0], held[1] = one, other
                else:
                    for side, value in ((0, one), (1, other)):
                        total = far[side, to // 2] + math.floor(hall * 0.5 * (held[side] + value) + 0.5)
                        far[side, to // 2] = min(32_767.0, max(-32_767.0, total))
            re, im = re * turn_re - im * turn_im, re * turn_im + im * turn_re


def add_cloud(near: Samples, far: Send, source: Samples, cloud: Cloud, rng: np.random.Generator) -> None:
    """Throws grains of `source` over its whole length into `near`, and into `far`, what waits for the hall."""
    count = round(cloud.a_second * seconds_of(source.shape[1]))
    starts = np.sort(rng.integers(0, source.shape[1], count))
    lengths = rng.integers(frames_of(_SECONDS[0]), frames_of(_SECONDS[1]), count)
    backs = rng.integers(frames_of(_BACK_SECONDS[0]), frames_of(_BACK_SECONDS[1]), count)
    rates = np.array(_RATES)[rng.integers(len(_RATES), size=count)]
    angle = rng.uniform(0.08, 0.92, count) * np.pi / 2.0
    levels = cloud.level * rng.uniform(0.4, 1.0, count)
    _throw(near, far, source, starts, lengths, backs, rates, levels * np.cos(angle), levels * np.sin(angle), cloud.hall * UNIT)
