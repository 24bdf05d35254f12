"""What a DJ sends, made continuous: the holes that a network tears are filled, so that his sound comes as fast as time passes.

Each decoded frame says by its RTP time where it belongs. A hole of up to a second is filled: with the sound before it, mirrored and
faded within 20 ms, then with silence, and the sound behind it is faded in; at a single lost packet one hears next to nothing. A longer
hole is a DJ who was away; his line was silent long since, and time begins anew.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

LONGEST_HOLE_FRAMES: Final = 48_000
_MIRRORED_FRAMES: Final = 960
_FADE_IN_FRAMES: Final = 120

_FALL: Final = np.cos(np.linspace(0.0, np.pi / 2, _MIRRORED_FRAMES, endpoint=False))[:, None] ** 2
_RISE: Final = np.sin(np.linspace(0.0, np.pi / 2, _FADE_IN_FRAMES, endpoint=False))[:, None] ** 2


class Continuity:
    """One DJ's sound."""

    def __init__(self) -> None:
        self.filled_frames_total = 0
        self._expected: int | None = None
        self._tail: NDArray[np.int16] = np.zeros((0, 2), np.int16)

    def take(self, position: int, samples: NDArray[np.int16]) -> bytes:
        """What belongs between the last frame and the end of this one: int16 little-endian, interleaved stereo.

        `position`: frames, on the DJ's own clock. `samples`: int16, shape [frames, 2]. A frame that comes again gives nothing.
        """
        expected = position if self._expected is None else self._expected
        hole = position - expected
        if -LONGEST_HOLE_FRAMES < hole < 0:
            return b""
        self._expected = position + len(samples)
        parts = []
        if 0 < hole <= LONGEST_HOLE_FRAMES:
            self.filled_frames_total += hole
            parts.append(self._filling(hole))
        if hole:
            samples = _faded_in(samples)
        parts.append(samples)
        self._tail = samples[-_MIRRORED_FRAMES:]
        return np.concatenate(parts).astype("<i2").tobytes()

    def _filling(self, frames: int) -> NDArray[np.int16]:
        filling = np.zeros((frames, 2), np.int16)
        mirrored = min(frames, len(self._tail))
        filling[:mirrored] = (self._tail[::-1][:mirrored] * _FALL[:mirrored]).astype(np.int16)
        return filling


def _faded_in(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    risen = samples.copy()
    frames = min(len(samples), _FADE_IN_FRAMES)
    risen[:frames] = (samples[:frames] * _RISE[:frames]).astype(np.int16)
    return risen
