"""A take's sound as bytes for the way: FLAC of 24 bits, half the size of what it holds, or WAV for a station that unpacks no FLAC."""

import io
from fractions import Fraction
from typing import Final

import av
import numpy as np

from dsp.block import SAMPLE_RATE, Samples
from generation.remote.shapes import Format
from generation.remote.wav import written_wav

FLAC_FRAMES: Final = 4_608
_FULL_SCALE: Final = 2**23 - 1


def pack(samples: Samples, form: Format) -> bytes:
    """float32 [2, frames] at 48 kHz."""
    return written_wav(samples, SAMPLE_RATE) if form is Format.WAV else _flac(samples)


def _flac(samples: Samples) -> bytes:
    packed = io.BytesIO()
    with av.open(packed, "w", format="flac") as file:
        stream = file.add_stream("flac", rate=SAMPLE_RATE, layout="stereo", format="s32")
        for start in range(0, samples.shape[1], FLAC_FRAMES):
            piece = samples[:, start : start + FLAC_FRAMES]
            whole = np.rint(np.clip(piece, -1.0, 1.0).astype(np.float64) * _FULL_SCALE).astype(np.int32) << 8
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(whole.T).reshape(1, -1), format="s32", layout="stereo")
            frame.sample_rate = SAMPLE_RATE
            frame.pts = start
            frame.time_base = Fraction(1, SAMPLE_RATE)
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return packed.getvalue()
