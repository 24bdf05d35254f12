"""Second-order sections: a filter whose coefficients stand still, as scipy designs it, over a stream."""

import numpy as np
from numpy.typing import NDArray

from dsp.block import CHANNELS
from dsp.guard import GONE, Wide
from dsp.kernel import kernel


class Sections:
    """Filters both channels alike."""

    def __init__(self, coefficients: NDArray[np.float64]) -> None:
        """`coefficients` [sections, 6]: b0, b1, b2, 1, a1, a2 of each, as scipy's output="sos"."""
        self._coefficients = np.ascontiguousarray(coefficients, np.float64)
        self._memory = np.zeros((coefficients.shape[0], 2 * CHANNELS))

    def process(self, sound: Wide) -> None:
        """Filters in place."""
        _filter(sound, self._coefficients, self._memory)


@kernel
def _filter(sound: Wide, coefficients: NDArray[np.float64], memory: NDArray[np.float64]) -> None:
    """One section after another, both channels side by side: what one waits for the other uses."""
    for section in range(coefficients.shape[0]):
        b0, b1, b2 = coefficients[section, 0], coefficients[section, 1], coefficients[section, 2]
        a1, a2 = coefficients[section, 4], coefficients[section, 5]
        a, b, c, d = memory[section, 0], memory[section, 1], memory[section, 2], memory[section, 3]
        for frame in range(sound.shape[1]):
            x, y = sound[0, frame], sound[1, frame]
            left, right = b0 * x + a, b0 * y + c
            a, b = b1 * x - a1 * left + b, b2 * x - a2 * left
            c, d = b1 * y - a1 * right + d, b2 * y - a2 * right
            sound[0, frame], sound[1, frame] = left, right
        memory[section, 0], memory[section, 1], memory[section, 2], memory[section, 3] = _kept(a), _kept(b), _kept(c), _kept(d)


@kernel
def _kept(memory: float) -> float:
    return memory if abs(memory) > GONE else 0.0
