"""The vocoder: sound at another speed in its own key, by Signalsmith's phase vocoder.

A file of its own, since a child process does it that should start fast: it compiles nothing.
"""

import numpy as np
from python_stretch.Signalsmith import Stretch

from dsp.block import CHANNELS, SAMPLE_RATE, Samples


def vocode(piece: Samples, speed: float) -> Samples:
    """`piece`, float32 [2, n], `speed` times as fast, float32 [2, about n / speed]. For changes of a few percent.

    It holds the interpreter for about 12 ms a second of sound: never call it in a process that ticks.
    """
    stretch = Stretch()
    stretch.preset(CHANNELS, SAMPLE_RATE)
    stretch.setTimeFactor(speed)
    writable = np.array(piece, np.float32, order="C")  # it takes no other
    return np.ascontiguousarray(stretch.process(writable), np.float32)
