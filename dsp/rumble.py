"""The rumble filter: takes away what lies below hearing and would only eat the limiter's room.

It stands first in the chain, so it is also the gate: a sample that is not a number, infinite or absurdly high becomes silence here,
before it could poison the memory of any filter.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from dsp.kernel import kernel, plain

CUTOFF_HZ: Final = 28.0
ABSURD: Final = 64.0
"""+36 dBFS: no sound is that high."""
TINY: Final = 1e-20
"""Added to the sound (-400 dBFS): in silence the filter's memory stays above the numbers so small that the processor slows down."""
SILENT: Final = 1e-10
"""-200 dBFS: what leaves the filter below it is digital silence."""


def high_pass(cutoff_hz: float) -> NDArray[np.float64]:
    """b0, b1, b2, a1, a2 of the second-order Butterworth high-pass (12 dB an octave) by the bilinear transform."""
    k = math.tan(math.pi * cutoff_hz / SAMPLE_RATE)
    norm = 1.0 / (1.0 + math.sqrt(2.0) * k + k * k)
    return np.array([norm, -2.0 * norm, norm, 2.0 * (k * k - 1.0) * norm, (1.0 - math.sqrt(2.0) * k + k * k) * norm])


class RumbleFilter:
    """High-pass at 28 Hz, 12 dB an octave, no latency."""

    def __init__(self) -> None:
        self._coefficients = high_pass(CUTOFF_HZ)
        self._memory = np.zeros((CHANNELS, 2))

    def process(self, block: Samples) -> Samples:
        """The filtered block, a new array of the same shape."""
        output = np.empty(block.shape, np.float32)
        _filter(plain(block), self._coefficients, self._memory, output)
        return output


@kernel
def _filter(block: Samples, coefficients: NDArray[np.float64], memory: NDArray[np.float64], output: Samples) -> None:
    b0, b1, b2, a1, a2 = coefficients[0], coefficients[1], coefficients[2], coefficients[3], coefficients[4]
    for channel in range(block.shape[0]):
        first, second = memory[channel, 0], memory[channel, 1]
        for frame in range(block.shape[1]):
            x = float(block[channel, frame])
            x = x + TINY if abs(x) <= ABSURD else TINY
            y = b0 * x + first
            first = b1 * x - a1 * y + second
            second = b2 * x - a2 * y
            output[channel, frame] = y if abs(y) > SILENT else 0.0
        memory[channel, 0], memory[channel, 1] = first, second
