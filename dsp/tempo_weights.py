"""What the judgement of the tempo weighs, as benchmarks/sound_ears_fit.py printed it.

A row is a multiple of the beat; in it stand the weights of how bass comes after bass, bass and middle, bass and treble, middle and
middle, middle and treble, treble and treble.
"""

from typing import Final

import numpy as np

_TABLE: Final = {
    1 / 4: (-1.14, -0.31, 0.00, -0.68, -1.35, 0.35),
    1 / 3: (-0.03, 0.03, 0.37, -0.07, 0.02, 0.04),
    1 / 2: (0.14, 1.46, 0.65, 1.83, -0.01, 0.72),
    2 / 3: (-0.20, -0.02, -0.43, -0.27, -0.74, -1.05),
    3 / 4: (-1.09, -0.20, 0.82, 0.12, 0.00, 0.68),
    1.0: (1.18, 1.09, 2.34, 1.18, 2.43, -1.68),
    4 / 3: (-0.37, -0.17, -0.60, -0.46, -0.80, -1.26),
    3 / 2: (-0.68, 1.27, 0.74, 0.44, -0.98, -1.59),
    2.0: (0.64, -0.57, 0.46, -0.45, 1.51, 2.63),
    3.0: (0.49, 1.03, 1.78, 1.49, 2.15, -0.04),
    4.0: (5.04, 1.80, 0.31, 2.91, 0.53, 0.39),
    6.0: (1.75, 0.18, -0.23, -0.32, 0.59, 1.23),
    8.0: (-0.31, -0.18, 0.17, -0.71, -0.04, -1.80),
}
MULTIPLES: Final = tuple(_TABLE)
"""Of the beat, at which the onsets are compared."""
WEIGHTS: Final = np.array(list(_TABLE.values()))
"""float64 [multiples, pairs]."""
OCTAVE_WEIGHTS: Final = np.array([2.48, -2.59])
"""Of the tempo's logarithm, in octaves from 118 bpm, and of its square."""
