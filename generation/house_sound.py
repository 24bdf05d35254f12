"""Makes the sound of somebody else's model the house's: 48 kHz, two channels, about -14 LUFS, no true peak above -1 dBTP. And back.

A model hands out whatever level its training left it with. The programme levels tracks on air again; here it is seen to that a take is
neither crushed nor buried when the critic hears it and when it is written as 16 bits.
"""

from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.signal import resample_poly

from dsp.block import CHANNELS, SAMPLE_RATE, Samples
from dsp.gain import db_to_gain
from dsp.limiter import limit
from dsp.loudness import SILENCE_LUFS, measure_loudness
from dsp.true_peak import true_peak_dbtp
from generation.errors import GenerationFailed

LOUDNESS_LUFS: Final = -14.0
CEILING_DBTP: Final = -1.0
FAR_LU: Final = 0.5
"""What is nearer than this to the loudness is left as it is."""
_MOST_PASSES: Final = 3
"""The limiter takes a little loudness where it works; what is missing is made up and limited again."""
_HEADROOM_DB: Final = 0.1


def to_house_sound(sound: NDArray[np.floating], rate: int) -> Samples:
    """`sound` is [channels, frames] or [frames] at `rate`; one channel becomes both, of more than two the first two are taken.

    Raises GenerationFailed if it is no sound: empty, or with samples that are no numbers. Silence stays silent.
    """
    heard = np.atleast_2d(np.asarray(sound, np.float32))
    if heard.ndim != 2 or not heard.size:
        raise GenerationFailed("what was made holds no sound")
    if not np.isfinite(heard).all():
        raise GenerationFailed("what was made holds samples that are no numbers")
    heard = np.repeat(heard, CHANNELS, axis=0) if heard.shape[0] == 1 else heard[:CHANNELS]
    return _level(np.array(_resampled(heard, rate, SAMPLE_RATE), np.float32, order="C"))  # a copy: it is levelled in place


def from_house_sound(samples: Samples, rate: int) -> NDArray[np.float32]:
    """float32 [2, frames] at `rate`, for a model that listens."""
    return _resampled(samples, SAMPLE_RATE, rate)


def _resampled(sound: NDArray[np.float32], rate: int, wanted: int) -> NDArray[np.float32]:
    if rate == wanted:
        return sound
    step = Fraction(wanted, rate)
    return resample_poly(sound, step.numerator, step.denominator, axis=1).astype(np.float32)


def _level(sound: Samples) -> Samples:
    for _ in range(_MOST_PASSES):
        loudness = measure_loudness(sound).integrated_lufs
        if loudness <= SILENCE_LUFS:
            if float(np.abs(sound).max()) > 1.0:
                limit(sound, CEILING_DBTP)
            return sound
        if abs(loudness - LOUDNESS_LUFS) >= FAR_LU:
            sound = sound * np.float32(db_to_gain(LOUDNESS_LUFS - loudness))
        elif true_peak_dbtp(sound) <= CEILING_DBTP + _HEADROOM_DB:
            return sound
        limit(sound, CEILING_DBTP)
    return sound
