"""Bass: the low band of a whole stretch of sound, without delay, so that it can be taken out and put back.

The filter runs forwards and backwards over sound that is there as a whole: the magnitude is that of a Linkwitz-Riley crossover of
fourth order, the phase is none. The rest is the sound less its bass, and the two add up to the sound itself, to the last bit but
rounding. A crossover that runs in time cannot do that: it turns the phase, and a join with the untouched sound would be heard.
"""

from typing import Final

import numpy as np
from scipy.signal import butter, sosfiltfilt

from dsp.block import SAMPLE_RATE, Samples

CORNER_HZ: Final = 180.0
"""Kick and bass lie below, voices and chords above."""
_PAD_FRAMES: Final = SAMPLE_RATE // 20


def bass_of(sound: Samples, corner_hz: float = CORNER_HZ) -> Samples:
    """What of `sound`, float32 [2, n], lies below `corner_hz`: -6 dB there, 24 dB an octave above."""
    if sound.shape[1] <= _PAD_FRAMES:
        return np.zeros_like(sound)
    sections = butter(2, corner_hz, fs=SAMPLE_RATE, output="sos")
    low = np.empty_like(sound)
    for channel in range(sound.shape[0]):  # one after the other: what scipy needs meanwhile is several times the sound
        low[channel] = sosfiltfilt(sections, sound[channel], padlen=_PAD_FRAMES)
    return low
