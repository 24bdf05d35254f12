"""The ears: hear a whole track once and say all that the house wants to know of it.

One pass over the sound each for the meter, the true peak and the spectrogram; everything else is read from those. What is heard is the
same for the same samples, on any machine of one kind. For workers: it takes seconds of a processor, not milliseconds.
"""

from math import isfinite

import numpy as np

from dsp.beats import find_grid
from dsp.block import Samples
from dsp.cues import NothingToHear, find_cues
from dsp.energy import find_energy
from dsp.features import find_features
from dsp.hearing import FEATURES_MODEL, Hearing, Loudness
from dsp.key import find_key
from dsp.loudness import measure_loudness
from dsp.quality import find_quality
from dsp.spectrogram import make_spectrogram
from dsp.tempo import find_tempo
from dsp.true_peak import true_peak_dbtp


def hear(samples: Samples) -> Hearing:
    """Hears float32 [2, frames] from its first sample to its last. Raises NothingToHear."""
    if not isfinite(samples.sum(dtype=np.float64)):
        raise NothingToHear("The track holds values that are no sound.")
    measured = measure_loudness(samples)
    loudness = Loudness(measured.integrated_lufs, measured.range_lu, true_peak_dbtp(samples))
    cues = find_cues(samples, measured.integrated_lufs)
    spectrogram = make_spectrogram(samples)
    tempo = find_tempo(spectrogram)
    return Hearing(
        loudness=loudness,
        cues=cues,
        tempo=tempo,
        grid=find_grid(samples, spectrogram, tempo),
        key=find_key(spectrogram),
        energy=find_energy(spectrogram, loudness.integrated_lufs),
        features=find_features(spectrogram),
        features_model=FEATURES_MODEL,
        quality=find_quality(samples, spectrogram, loudness, cues),
    )
