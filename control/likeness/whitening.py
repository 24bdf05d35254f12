"""How feature vectors become comparable: each number less its mean over the library, over its spread, and the whole of length 1.

The cosine of two such vectors says how alike two tracks are *in this library*: what all its tracks share counts for nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]

REFIT_SHARE: Final = 0.1
"""Fitted anew when so much has been added or taken away since."""
_LEAST_SPREAD: Final = 0.01
"""Of a number's mean: what varies less is the rounding of copies, not a difference between tracks."""
_FARTHEST: Final = 4.0
"""In spreads; one odd number must not decide alone."""


@dataclass(frozen=True, slots=True)
class Whitening:
    """Of one model, as it was fitted."""

    model: str
    means: Vector
    spreads: Vector
    tracks: int

    def applied(self, features: Vector) -> Vector:
        """`features` [..., n], whitened; zeros stay zeros of length 0."""
        white = np.clip((features - self.means) / self.spreads, -_FARTHEST, _FARTHEST)
        length = np.linalg.norm(white, axis=-1, keepdims=True)
        return np.asarray(white / np.maximum(length, 1e-6), np.float32)

    def is_outgrown_by(self, tracks: int) -> bool:
        """Whether a library of so many wants another."""
        return abs(tracks - self.tracks) > REFIT_SHARE * self.tracks


def fit(model: str, features: Vector) -> Whitening:
    """Over the features [tracks, n] of a library."""
    means = features.mean(axis=0)
    least = _LEAST_SPREAD * (np.abs(means) + 1.0)
    return Whitening(model, means, np.maximum(features.std(axis=0), least).astype(np.float32), features.shape[0])
