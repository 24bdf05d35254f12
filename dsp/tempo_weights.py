import numpy as np
from typing import Final
MULTIPLES: Final = (1 / 4, 1 / 3, 1 / 2, 2 / 3, 3 / 4, 1.0, 4 / 3, 3 / 2, 2.0, 3.0, 4.0, 6.0, 8.0)
WEIGHTS: Final = np.zeros((13,6))
OCTAVE_WEIGHTS: Final = np.zeros(2)
