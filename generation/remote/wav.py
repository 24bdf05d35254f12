"""WAV: the one format that a worker needs no library for, and that is safe to read without a sandbox: a header and numbers.

16-bit, 24-bit and 32-bit whole numbers and 32-bit floats are read; floats are written.
"""

import struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import Samples
from generation.remote.errors import Untrue

WHOLE, FLOAT, EXTENSIBLE = 1, 3, 0xFFFE
MOST_CHANNELS: Final = 2
_SCALES: Final = {16: 2.0**15, 24: 2.0**23, 32: 2.0**31}


def written_wav(samples: Samples, rate: int) -> bytes:
    """float32 [channels, frames] as a WAV of floats."""
    channels = samples.shape[0]
    data = np.ascontiguousarray(samples.T, "<f4").tobytes()
    form = struct.pack("<HHIIHHH", FLOAT, channels, rate, rate * channels * 4, channels * 4, 32, 0)
    chunks = b"fmt " + struct.pack("<I", len(form)) + form
    chunks += b"fact" + struct.pack("<II", 4, samples.shape[1])
    chunks += b"data" + struct.pack("<I", len(data))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks) + len(data)) + b"WAVE" + chunks + data


def read_wav(packed: bytes) -> tuple[NDArray[np.float32], int]:
    """float32 [channels, frames] and the rate. Raises Untrue if it is no WAV that can be read whole."""
    if len(packed) < 12 or packed[:4] != b"RIFF" or packed[8:12] != b"WAVE":
        raise Untrue("the worker's sound is no WAV file")
    form: tuple[int, ...] | None = None
    at = 12
    while at + 8 <= len(packed):
        name, size = packed[at : at + 4], int.from_bytes(packed[at + 4 : at + 8], "little")
        body = packed[at + 8 : at + 8 + size]
        if len(body) < size:
            raise Untrue("the worker's WAV file is cut off")
        if name == b"fmt " and size >= 16:
            form = struct.unpack("<HHIIHH", body[:16])
            if form[0] == EXTENSIBLE and size >= 26:
                form = (int.from_bytes(body[24:26], "little"), *form[1:])
        elif name == b"data":
            if form is None:
                break
            return _samples(body, form)
        at += 8 + size + size % 2
    raise Untrue("the worker's WAV file holds no sound")


def _samples(data: bytes, form: tuple[int, ...]) -> tuple[NDArray[np.float32], int]:
    kind, channels, rate, _, _, bits = form
    if not 1 <= channels <= MOST_CHANNELS or not 8_000 <= rate <= 192_000:
        raise Untrue(f"the worker's WAV file has {channels} channels at {rate} Hz")
    width = bits // 8
    if (kind, bits) != (FLOAT, 32) and (kind != WHOLE or bits not in _SCALES):
        raise Untrue(f"the worker's WAV file is of kind {kind} with {bits} bits")
    if not data or len(data) % (width * channels):
        raise Untrue("the worker's WAV file ends within a frame")
    if kind == FLOAT:
        flat = np.frombuffer(data, "<f4")
    elif bits == 24:
        bytes_ = np.frombuffer(data, np.uint8).reshape(-1, 3)
        wide = np.zeros((bytes_.shape[0], 4), np.uint8)
        wide[:, 1:] = bytes_
        flat = (wide.view("<i4")[:, 0] / _SCALES[32]).astype(np.float32)
    else:
        flat = (np.frombuffer(data, f"<i{width}") / _SCALES[bits]).astype(np.float32)
    return np.ascontiguousarray(flat.reshape(-1, channels).T, np.float32), rate
