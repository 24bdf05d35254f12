"""Stretching in a child process: the piece goes out, what comes back is checked, and the child is ended when it takes too long.

Blocks the thread that asks, and holds nothing meanwhile.
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np

from dsp.block import CHANNELS, Samples

CHILD: Final = (sys.executable, "-P", "-s", "-m", "server.rundown.stretch_child")
LONGEST_SECONDS: Final = 15.0
_HOUSE: Final = Path(__file__).resolve().parents[2]


class StretchError(Exception):
    """The piece could not be stretched; the message says why."""


def stretched_by_child(piece: Samples, speed: float, command: Sequence[str] = CHILD, seconds: float = LONGEST_SECONDS) -> Samples:
    """`piece`, float32 [2, n], `speed` times as fast and in its own key. Raises StretchError."""
    try:
        done = subprocess.run(
            [*command, repr(speed)],
            input=np.ascontiguousarray(piece).tobytes(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            env={"PYTHONPATH": str(_HOUSE), "OPENBLAS_NUM_THREADS": "1"},
            start_new_session=True,
            timeout=seconds,
            check=True,
        )
        sound = np.frombuffer(done.stdout, np.float32).reshape(CHANNELS, -1)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise StretchError(f"stretching failed ({type(error).__name__})") from error
    expected = piece.shape[1] / speed
    if abs(sound.shape[1] - expected) > expected / 100 or not np.isfinite(sound).all():
        raise StretchError("stretching gave what is no sound")
    return sound
