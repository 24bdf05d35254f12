"""What the judgement of the key weighs, as benchmarks/sound_ears_fit.py printed it."""

from typing import Final

import numpy as np

PROFILES: Final = np.array(
    [
        [8.89, -5.34, 0.50, -4.18, 5.56, 1.29, -5.08, 7.32, -3.93, 0.07, -5.96, 0.85],
        [10.76, -5.99, 2.41, 2.61, -5.03, 1.13, -5.50, 4.69, 2.46, -5.76, 1.21, -3.00],
    ]
)
"""How much each note, counted from the tonic, speaks for major and for minor."""
BEGINNING: Final = 1.18
"""How much the first chord speaks for being the tonic's."""
MINOR: Final = 0.96
"""How much likelier minor is before anything is heard."""
