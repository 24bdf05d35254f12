"""Fingerprints by libchromaprint, through the ctypes module that pyacoustid brings along. Nothing is asked of AcoustID's web service.

The library is a package of the system. Where it is missing everything else goes on: then copies are found by their content's hash and
by how they sound, and the start says what to install.
"""

from functools import cache
from types import ModuleType
from typing import Final

import numpy as np

from dsp.block import CHANNELS, SAMPLE_RATE, Samples, frames_of
from dsp.fingerprint import Fingerprint

HEARD_SECONDS: Final = 120.0
MISSING: Final = "ears: libchromaprint is missing: copies of a recording are found only if they are identical or sound very much alike"
ADVICE: Final = "install it: apt install libchromaprint1 (Debian, Ubuntu), dnf install libchromaprint, brew install chromaprint"
_PIECE_FRAMES: Final = SAMPLE_RATE


def available() -> bool:
    """Whether fingerprints can be made."""
    return _library() is not None


def fingerprint(samples: Samples, cue_in_frames: int = 0) -> Fingerprint | None:
    """Of two minutes from the cue, uint32 [values]; None without the library, or where there is too little sound for one."""
    library = _library()
    if library is None:
        return None
    sound = samples[:, cue_in_frames : cue_in_frames + frames_of(HEARD_SECONDS)]
    maker = library.Fingerprinter()
    try:
        maker.start(SAMPLE_RATE, CHANNELS)
        for start in range(0, sound.shape[1], _PIECE_FRAMES):
            piece = np.clip(sound[:, start : start + _PIECE_FRAMES], -1.0, 1.0)
            maker.feed(np.rint(piece.T * 32_767).astype("<i2").tobytes())
        values, _ = library.decode_fingerprint(maker.finish())
    except library.FingerprintError:
        return None
    return np.array(values, np.uint32) if values else None


@cache
def _library() -> ModuleType | None:
    try:
        import chromaprint  # looks for the library as it is imported
    except ImportError:
        return None
    return chromaprint  # type: ignore[no-any-return]
