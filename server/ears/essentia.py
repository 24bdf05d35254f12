"""Key and beats by Essentia, if the operator accepts its licence (AGPL-3.0) and has installed it. The only file that imports it.

Its key profiles were tuned on electronic music (`edma`) and its beat tracker on much besides; where its beats are even they become the
grid, with the one taken from the core's grid, because it knows none.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from dsp.block import SAMPLE_RATE, Samples
from dsp.hearing import BeatGrid, Hearing, Key
from server.ears.even_beats import even_grid
from server.ears.missing import EarMissing

RATE: Final = 44_100
"""What its algorithms are made for."""
TRUSTED: Final = 0.5
_NOTES: Final = {"C": 0, "C#": 1, "Db": 1, "D": 2, "D#": 3, "Eb": 3, "E": 4, "F": 5, "F#": 6, "Gb": 6, "G": 7, "G#": 8, "Ab": 8}
_MORE_NOTES: Final = {"A": 9, "A#": 10, "Bb": 10, "B": 11}


@dataclass(frozen=True, slots=True)
class Algorithms:
    """What is used of it: functions of mono sound at 44.1 kHz."""

    key: Callable[[NDArray[np.float32]], tuple[str, str, float]]
    """The tonic, the mode, and how strong it is."""
    beats: Callable[[NDArray[np.float32]], Any]
    """In seconds."""


class EssentiaEar:
    """Loads the library when it is made."""

    name = "essentia"
    features_model = None

    def __init__(self, load: Callable[[], Algorithms] | None = None) -> None:
        """Raises EarMissing."""
        self._algorithms = (load or _load)()

    def refine(self, samples: Samples, hearing: Hearing) -> Hearing:
        """With its key, and with its beats where they are even."""
        ratio = Fraction(RATE, SAMPLE_RATE)
        mono = samples.mean(axis=0, dtype=np.float32)
        sound = np.ascontiguousarray(resample_poly(mono, ratio.numerator, ratio.denominator), np.float32)
        tonic, mode, strength = self._algorithms.key(sound)
        note = {**_NOTES, **_MORE_NOTES}.get(tonic)
        if note is not None:
            confidence = min(1.0, max(0.0, float(strength)))
            hearing = replace(hearing, key=Key(note, mode == "minor", confidence, hearing.key.tuning_cents))
        grid = even_grid(np.asarray(self._algorithms.beats(sound), np.float64), np.zeros(0))
        if grid is None or grid.confidence < TRUSTED:
            return hearing
        tempo = replace(hearing.tempo, bpm=round(grid.bpm, 3), confidence=max(hearing.tempo.confidence, grid.confidence))
        return replace(hearing, grid=_with_the_one_of(grid, hearing.grid), tempo=tempo)


def _with_the_one_of(grid: BeatGrid, other: BeatGrid | None) -> BeatGrid:
    """`grid` with the downbeat that `other` has, as far as both go at one tempo; without one it is not to be trusted with bars."""
    if other is None or abs(other.bpm / grid.bpm - 1.0) > 0.01:
        return replace(grid, confidence=min(grid.confidence, TRUSTED - 0.01))
    one_frames = other.beat_at(other.downbeat)
    number = round((one_frames - grid.first_beat_frames) / grid.beat_frames)
    return replace(grid, beats_a_bar=other.beats_a_bar, downbeat=number % other.beats_a_bar)


def _load() -> Algorithms:
    try:
        import essentia
        from essentia.standard import KeyExtractor, RhythmExtractor2013
    except Exception as error:  # a library that does not fit its neighbours raises anything
        raise EarMissing(f"essentia is not installed: pip install 'sonicforge[essentia]' ({error})") from error
    essentia.log.infoActive = False
    essentia.log.warningActive = False
    key = KeyExtractor(profileType="edma", sampleRate=RATE)
    rhythm = RhythmExtractor2013(method="degara")
    return Algorithms(key=key, beats=lambda sound: rhythm(sound)[1])
