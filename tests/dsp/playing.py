"""A drummer and a pianist who keep time to the sample: tracks of known tempo, beats, bars and key for the tests of the ears."""

from functools import cache

import numpy as np

from dsp.block import SAMPLE_RATE, Samples, frames_of
from tests.dsp.sounds import stereo

MAJOR = (0, 4, 7)
MINOR = (0, 3, 7)


@cache
def drums(bpm: float, seconds: float, first_seconds: float = 0.25, beats_a_bar: int = 4) -> Samples:
    """A bass drum on the one (and on the three of four), a snare between, hats on every half; `first_seconds` is where a bar begins."""
    sound = np.zeros(frames_of(seconds))
    beat = 60.0 / bpm
    for number in range(int((seconds - first_seconds) / beat)):
        place = number % beats_a_bar
        is_kick = place in ((0,) if beats_a_bar == 3 else (0, 2))
        _add(sound, first_seconds + number * beat, _kick() if is_kick else _snare())
        for half in (0.0, 0.5):
            _add(sound, first_seconds + (number + half) * beat, 0.3 * _hat())
    return stereo(0.5 * sound)


@cache
def chords(
    progression: tuple[tuple[int, tuple[int, int, int]], ...], seconds: float, bar_seconds: float = 1.0, cents: float = 0.0
) -> Samples:
    """One chord a bar, each (semitones of its root above C, its thirds and fifths), over its root in the bass; again and again."""
    sound = np.zeros(frames_of(seconds))
    time = np.arange(frames_of(bar_seconds)) / SAMPLE_RATE
    fade = np.minimum(1.0, np.minimum(time, time[::-1]) / 0.01)
    for bar in range(int(seconds / bar_seconds)):
        root, thirds = progression[bar % len(progression)]
        notes = [36 + root, *(60 + (root + third) % 12 for third in thirds)]
        tones = sum(_tone(440.0 * 2.0 ** ((note - 69 + cents / 100.0) / 12.0), time) for note in notes)
        _add(sound, bar * bar_seconds, 0.1 * fade * tones)
    return stereo(sound)


def _tone(hz: float, time: np.ndarray) -> np.ndarray:
    return np.asarray(sum(np.sin(2.0 * np.pi * hz * harmonic * time) / harmonic**1.5 for harmonic in range(1, 6)))


def _add(sound: np.ndarray, seconds: float, stroke: np.ndarray) -> None:
    room = sound[round(seconds * SAMPLE_RATE) :][: stroke.size]
    room += stroke[: room.size]


@cache
def _kick() -> np.ndarray:
    time = np.arange(frames_of(0.25)) / SAMPLE_RATE
    return np.asarray(np.sin(2.0 * np.pi * (50.0 * time + 5.0 * (1.0 - np.exp(-time / 0.03)))) * np.exp(-time / 0.08))


@cache
def _snare() -> np.ndarray:
    time = np.arange(frames_of(0.15)) / SAMPLE_RATE
    return np.asarray(0.5 * np.random.default_rng(1).standard_normal(time.size) * np.exp(-time / 0.05))


@cache
def _hat() -> np.ndarray:
    time = np.arange(frames_of(0.05)) / SAMPLE_RATE
    return np.asarray(np.diff(np.random.default_rng(2).standard_normal(time.size + 1)) * np.exp(-time / 0.012))
