"""A take as one vector, by which near-duplicates are found: its spectrum, how that moves, which notes sound, and where it is full.

Vectors have length 1, so their product is their cosine. It is 1 for a take and its louder, cut or coded copy.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.chroma import chroma_of, tuning_semitones
from dsp.spectrogram import Spectrogram

REMEMBERED: Final = 200
"""With so many of a station's last takes a new one is compared."""
_STRETCHES: Final = 24
"""Equal stretches of the take, each with its fullness in bass, middle and treble."""
_REGIONS: Final = 3


def vector_of(spectrogram: Spectrogram, bands: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of length 1; 0 where nothing sounds. `bands`: form.heights."""
    notes = chroma_of(spectrogram, tuning_semitones(spectrogram)).sum(axis=0)
    parts = (bands.mean(axis=0), bands.std(axis=0), notes, _course(bands))
    whole = np.concatenate([_unit(part - part.mean()) for part in parts])
    return np.asarray(_unit(whole), np.float32)


def greatest_likeness(vector: NDArray[np.float32], others: Sequence[NDArray[np.float32]]) -> float:
    """The greatest cosine with any of `others`; 0 where there is none. Vectors of another length, of an older version, are passed over."""
    alike = [other for other in others if other.shape == vector.shape and other.size]
    return float(np.clip(np.max(np.stack(alike) @ vector), -1.0, 1.0)) if alike else 0.0


def _course(bands: NDArray[np.float32]) -> NDArray[np.float64]:
    edges = np.linspace(0, bands.shape[0], _STRETCHES + 1).astype(int)
    stretches = np.stack([bands[first : max(last, first + 1)].mean(axis=0) for first, last in pairwise(edges)])
    regions = np.array_split(stretches, _REGIONS, axis=1)
    return np.concatenate([region.mean(axis=1) - region.mean() for region in regions]).astype(np.float64)


def _unit(part: NDArray[np.floating]) -> NDArray[np.float64]:
    length = float(np.linalg.norm(part))
    return np.asarray(part / length if length > 1e-9 else np.zeros(part.size), np.float64)
