"""The stretch child: stretches one piece of sound and ends. `python -m server.rundown.stretch_child SPEED`

It reads float32 planar stereo from its standard input and writes what becomes of it to its standard output. It is a process of its own
because the vocoder is foreign code that holds the interpreter for as long as it works: an engine's tick must wait for neither.
"""

import os
import sys

import numpy as np

from dsp.block import CHANNELS
from dsp.vocoder import vocode

_NICE = 10


def main() -> None:
    """Does it."""
    os.nice(_NICE)
    piece = np.frombuffer(sys.stdin.buffer.read(), np.float32).reshape(CHANNELS, -1)
    sys.stdout.buffer.write(vocode(piece, float(sys.argv[1])).tobytes())


if __name__ == "__main__":
    main()
