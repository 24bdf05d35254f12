"""Sound as a file of 16 bits, written while it comes: FLAC or WAV, with triangular dither."""

from fractions import Fraction
from types import TracebackType
from typing import Final, Literal, Self

import av
import numpy as np
from numpy.typing import NDArray

Form = Literal["flac", "wav"]
FLAC_FRAMES: Final = 4_608
_CODECS: Final[dict[Form, Literal["flac", "pcm_s16le"]]] = {"flac": "flac", "wav": "pcm_s16le"}


class SoundWriter:
    """One file while it grows; leaving it as a context ends the file, so that it can be played however far it got."""

    def __init__(self, target: str, form: Form, rate: int, channels: int, tags: dict[str, str], seed: int) -> None:
        """`target` is a path, or "pipe:1" for standard output; `seed` is the dither's. Raises OSError."""
        self._layout = "mono" if channels == 1 else "stereo"
        self._rate = rate
        self._noise = np.random.default_rng(seed)
        self._frames = 0
        self._file = av.open(target, "w", format=form)
        self._file.metadata.update(tags)
        self._stream = self._file.add_stream(_CODECS[form], rate=rate, layout=self._layout, format="s16")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        try:
            self._file.mux(self._stream.encode(None))
        finally:
            self._file.close()

    def write(self, samples: NDArray[np.float32]) -> None:
        """Appends float32 [channels, frames]; what is beyond full scale is clipped. Raises OSError."""
        for start in range(0, samples.shape[1], FLAC_FRAMES):
            piece = samples[:, start : start + FLAC_FRAMES]
            dither = self._noise.random(piece.shape, np.float32) - self._noise.random(piece.shape, np.float32)
            integers = np.clip(np.rint(piece * 32_767 + dither), -32_768, 32_767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(integers.T.reshape(1, -1), format="s16", layout=self._layout)
            frame.sample_rate = self._rate
            frame.pts = self._frames
            frame.time_base = Fraction(1, self._rate)
            self._frames += piece.shape[1]
            self._file.mux(self._stream.encode(frame))
