"""Chroma: which of the twelve notes sound, moment by moment, and how far the whole track is tuned from 440 Hz.

A partial may be the fundamental of a note or one of its first harmonics, so it speaks for each of those, the higher the fainter. What
lies between two notes of the track's own tuning (drums, mostly) speaks for neither.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.spectrogram import NOTE_HOP_FRAMES, Spectrogram

NOTES: Final = 12
HARMONICS: Final = 4
_HARMONIC_DECAY: Final = 0.6
_MIDDLE: Final = 52.0
_SPREAD: Final = 12.0
"""Semitones: fundamentals are sought around E3, rarely two octaves from it."""
_FAINT: Final = 0.03
"""A partial fainter than this, relative to the strongest of its moment, does not speak."""
_BASS_FAINT: Final = 0.05
BASS_TOP: Final = 52.0
"""Partials below E3 are the bass's."""
SECONDS_APART: Final = NOTE_HOP_FRAMES / 48_000


def tuning_semitones(spectrogram: Spectrogram) -> float:
    """How far A4 lies from 440 Hz: -0.5 to 0.5, the mean direction of all partials on the circle of a semitone."""
    turns = np.exp(2j * np.pi * spectrogram.pitches.astype(np.float64))
    return float(np.angle(np.sum(spectrogram.strengths * turns)) / (2.0 * np.pi))


def chroma_of(spectrogram: Spectrogram, tuning: float) -> NDArray[np.float64]:
    """How strongly each note sounds, C first; float64 [notes, 12], not normalised."""
    total = np.zeros((spectrogram.pitches.shape[0], NOTES))
    heights = spectrogram.pitches - np.float32(tuning)
    voices = _amplitudes(spectrogram, _FAINT)
    for harmonic in range(1, HARMONICS + 1):
        fundamentals = heights - np.float32(12.0 * np.log2(harmonic))
        near = np.exp(-0.5 * np.square((fundamentals - _MIDDLE) / _SPREAD))
        total += _HARMONIC_DECAY ** (harmonic - 1) * _gathered(fundamentals, voices * near)
    return total


def bass_chroma_of(spectrogram: Spectrogram, tuning: float) -> NDArray[np.float64]:
    """The same of the bass, its partials as they are; float64 [notes, 12]."""
    heights = spectrogram.pitches - np.float32(tuning)
    return _gathered(heights, _amplitudes(spectrogram, _BASS_FAINT) * (heights < BASS_TOP))


def change_of(chroma: NDArray[np.float64], moments: int) -> NDArray[np.float64]:
    """How much the chord of the `moments` after each moment differs from that of those before it: 0 to 1; float64 [notes]."""
    count = chroma.shape[0]
    sums = np.concatenate((np.zeros((1, NOTES)), np.cumsum(chroma, axis=0)))
    here = np.arange(count)
    before = sums[here] - sums[np.maximum(0, here - moments)]
    after = sums[np.minimum(count, here + moments + 1)] - sums[here + 1]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    return np.asarray(np.where(lengths > 0.0, 1.0 - np.sum(before * after, axis=1) / np.maximum(lengths, 1e-12), 0.0))


def _amplitudes(spectrogram: Spectrogram, faint: float) -> NDArray[np.float32]:
    """The roots of the partials' amplitudes; the root keeps a loud one from speaking for all."""
    strengths = spectrogram.strengths
    return np.sqrt(np.where(strengths > faint * strengths[:, :1], strengths, np.float32(0.0)))


def _gathered(heights: NDArray[np.float32], shares: NDArray[np.float32]) -> NDArray[np.float64]:
    """The shares summed by note; a height between two notes has none."""
    count = heights.shape[0]
    nearest = np.rint(heights)
    within = np.maximum(0.0, 1.0 - 2.0 * np.abs(heights - nearest)) * shares
    places = NOTES * np.arange(count)[:, None] + nearest.astype(np.int64) % NOTES
    sums = np.bincount(places.ravel(), within.ravel(), NOTES * count)
    return np.asarray(sums.reshape(count, NOTES), np.float64)
