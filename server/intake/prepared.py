"""A prepared track as a file: .npy, float32 [2, frames] in C order, 48 kHz, not yet level-matched.

Owns its layout and who writes which part. The sandboxed child writes samples only (`Spool`); the header, which a reader trusts, is
written by the parent (`seal`), once the length on disk is what the child said.
"""

import os
from pathlib import Path
from typing import BinaryIO, Final

import numpy as np

from dsp.block import CHANNELS, Samples

HEADER_BYTES: Final = 128
SAMPLE_BYTES: Final = np.dtype(np.float32).itemsize
_PIECE_BYTES: Final = 1 << 20


class SpoolError(Exception):
    """The decoded sound cannot be written; the file it came from is not to blame."""


class Spool:
    """A track on its way to disk: each channel into a file of its own, since nobody knows the length of a track before its end."""

    def __init__(self, left: int, right: int) -> None:
        """Descriptors: `left` becomes the prepared track, `right` is in use until `finish` only. -1: count, write nothing."""
        self._left = left
        self._right = right
        self.frames = 0

    def write(self, samples: Samples) -> None:
        """Appends float32 [2, frames]. Raises SpoolError."""
        at = self.frames * SAMPLE_BYTES
        self.frames += samples.shape[1]
        if self._left >= 0:
            _write(self._left, samples[0].data.cast("B"), HEADER_BYTES + at)
            _write(self._right, samples[1].data.cast("B"), at)

    def finish(self) -> None:
        """Puts the right channel behind the left one. Raises SpoolError."""
        if self._left < 0:
            return
        end = self.frames * SAMPLE_BYTES
        for at in range(0, end, _PIECE_BYTES):
            _write(self._left, memoryview(os.pread(self._right, min(_PIECE_BYTES, end - at), at)), HEADER_BYTES + end + at)


def spooled_bytes(frames: int) -> int:
    """The size of the whole file."""
    return HEADER_BYTES + CHANNELS * SAMPLE_BYTES * frames


def seal(file: BinaryIO, frames: int) -> None:
    """Writes the header. Raises ValueError if the samples are not `frames` of each channel."""
    size = os.fstat(file.fileno()).st_size
    if size != spooled_bytes(frames):
        raise ValueError(f"{size} bytes instead of {spooled_bytes(frames)}")
    file.seek(0)
    np.lib.format.write_array_header_1_0(file, {"descr": "<f4", "fortran_order": False, "shape": (CHANNELS, frames)})
    assert file.tell() == HEADER_BYTES


def load(path: Path) -> Samples:
    """The whole track, in memory. Raises OSError, and ValueError if the file is not a prepared track."""
    samples = np.load(path, allow_pickle=False)
    if not isinstance(samples, np.ndarray) or samples.dtype != np.float32 or samples.ndim != 2 or samples.shape[0] != CHANNELS:
        raise ValueError(f"{path} is not a prepared track")
    return samples


def _write(file: int, data: memoryview, at: int) -> None:
    while data:
        try:
            written = os.pwrite(file, data, at)
        except OSError as error:
            raise SpoolError(error.strerror) from error
        data, at = data[written:], at + written
