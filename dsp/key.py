"""Key: the tonic and the mode that explain best which notes sound, and which sound first.

The notes are weighed by a profile for each mode, turned to each tonic. The profiles are fitted to tracks of known key, beginning from
those of Temperley and of Faraldo (electronic dance music); benchmarks/sound_ears_fit.py makes them. Many pieces begin at home, so the
chord of the first twelfth of the track has a say too.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.chroma import NOTES, chroma_of, tuning_semitones
from dsp.hearing import Key
from dsp.key_profiles import BEGINNING, MINOR, PROFILES
from dsp.spectrogram import Spectrogram

_STEADY: Final = 5
"""Moments of half a second, whose median leaves out what passes."""
_BEGINNING: Final = 12
TRIADS: Final = np.array([[1.0, 0, 0, 0, 0.8, 0, 0, 0.9, 0, 0, 0, 0], [1.0, 0, 0, 0.8, 0, 0, 0, 0.9, 0, 0, 0, 0]])


def find_key(spectrogram: Spectrogram) -> Key:
    """The key of a whole track; confidence is how much likelier it is than the next best one, 0 where no note sounds."""
    tuning = tuning_semitones(spectrogram)
    parts = evidence(chroma_of(spectrogram, tuning))
    if not parts.any():
        return Key(0, False, 0.0, 0.0)
    scores = judge(parts)
    chances = np.exp(scores - scores.max())
    chances /= chances.sum()
    best, second = np.argsort(-chances)[:2]
    return Key(int(best) % NOTES, bool(best >= NOTES), round(float(chances[best] - chances[second]), 3), round(100.0 * tuning, 1))


def evidence(chroma: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the judgement weighs: the notes of the whole track and the first chord, both of mean 0 and length 1; float64 [2, 12]."""
    whole = chroma.shape[0] // _STEADY * _STEADY
    steady = np.median(chroma[:whole].reshape(-1, _STEADY, NOTES), axis=1) if whole else chroma
    beginning = chroma[: max(1, chroma.shape[0] // _BEGINNING)]
    return np.stack((_shape(steady.sum(axis=0)), _shape(beginning.sum(axis=0))))


def judge(parts: NDArray[np.float64]) -> NDArray[np.float64]:
    """How likely each key is, as logarithms: 12 major, then 12 minor ones, C first."""
    notes, first = parts
    scores = [
        _turned(PROFILES[mode], notes) + BEGINNING * _turned(_shape(TRIADS[mode]), first) + (MINOR if mode else 0.0) for mode in range(2)
    ]
    return np.concatenate(scores)


def _turned(profile: NDArray[np.float64], notes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array([np.dot(np.roll(profile, tonic), notes) for tonic in range(NOTES)])


def _shape(notes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of mean 0 and length 1; silence stays 0."""
    centred = notes - notes.mean()
    length = float(np.linalg.norm(centred))
    return np.asarray(centred / length if length > 1e-9 else np.zeros(NOTES))
