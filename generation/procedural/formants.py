"""Vowels: three resonances that move from one mouth to another. They stand where they are whatever the pitch, as a voice's do.

Formants of an average singer after Peterson and Barney (1952), with the bandwidths of a choir.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples
from dsp.kernel import kernel
from generation.procedural.curve import CONTROL_FRAMES, points_of

VOWELS: Final = {
    "a": ((760.0, 1220.0, 2600.0), (1.0, 0.55, 0.28)),
    "e": ((480.0, 1900.0, 2550.0), (1.0, 0.40, 0.30)),
    "i": ((310.0, 2200.0, 2950.0), (1.0, 0.28, 0.30)),
    "o": ((500.0, 900.0, 2500.0), (1.0, 0.45, 0.15)),
    "u": ((350.0, 780.0, 2300.0), (1.0, 0.30, 0.10)),
}
"""Centres in Hz, and levels."""
_SHARPNESS: Final = 4.5
_THROUGH: Final = 0.22
"""How much of the sound passes beside the formants."""


@kernel
def _sing(sound: Samples, centres: NDArray[np.float32], levels: NDArray[np.float64], sharpness: float, through: float) -> None:
    """Three state-variable bandpasses side by side; `centres` is [3, points]."""
    damping = 1.0 / sharpness
    for channel in range(sound.shape[0]):
        band = np.zeros(3)
        low = np.zeros(3)
        a1 = np.zeros(3)
        a2 = np.zeros(3)
        a3 = np.zeros(3)
        for frame in range(sound.shape[1]):
            if frame % CONTROL_FRAMES == 0:
                for formant in range(3):
                    g = np.tan(np.pi * centres[formant, frame // CONTROL_FRAMES] / SAMPLE_RATE)
                    a1[formant] = 1.0 / (1.0 + g * (g + damping))
                    a2[formant] = g * a1[formant]
                    a3[formant] = g * a2[formant]
            value = sound[channel, frame]
            out = through * value
            for formant in range(3):
                v3 = value - low[formant]
                v1 = a1[formant] * band[formant] + a2[formant] * v3
                v2 = low[formant] + a2[formant] * band[formant] + a3[formant] * v3
                band[formant] = 2.0 * v1 - band[formant]
                low[formant] = 2.0 * v2 - low[formant]
                out += levels[formant] * damping * v1
            sound[channel, frame] = out


def sing(sound: Samples, vowels: str, period_seconds: float) -> None:
    """Sings `vowels` (two of VOWELS): from the first to the second and back within `period_seconds`, in place."""
    (first, first_levels), (second, second_levels) = VOWELS[vowels[0]], VOWELS[vowels[1]]
    time = np.arange(points_of(sound.shape[1])) * (CONTROL_FRAMES / SAMPLE_RATE)
    along = 0.5 - 0.5 * np.cos(2.0 * np.pi * time / period_seconds)
    centres = np.stack([low * (high / low) ** along for low, high in zip(first, second, strict=True)]).astype(np.float32)
    levels = 2.2 * (np.array(first_levels) + np.array(second_levels)) / 2.0
    _sing(sound, centres, levels, _SHARPNESS, _THROUGH)
