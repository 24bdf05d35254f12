"""A track as 66 numbers, by which tracks are found that sound alike. No weights and no training: timbre, brightness, attack, pulse.

The numbers do not depend on how loud the track is. As they stand they are not to be compared: one is a thousand times as wide as another.
Whoever compares them scales each by its spread over his own catalogue first (control/likeness/whitening.py). Where a number's meaning
changes, `FEATURES_MODEL` gets another version, and all tracks are heard again.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.hearing import FEATURES
from dsp.spectrogram import BAND_BORDERS, BAND_HZ, BANDS, MOMENTS_A_SECOND, Spectrogram

_CEPSTRA: Final = 13
_SOUNDING: Final = 1e-5
"""A moment 50 dB below the loud ones tells nothing of the music."""
_FAINTEST: Final = 1e-8
"""Nor does a band 80 dB below."""
_STEP: Final = 4
"""Moments between which a change is measured: 40 ms."""
_PULSE_SECONDS: Final = 8
_PULSE_HZ: Final = (0.5, 12.0)
_PULSE_STEPS: Final = 8
_REGIONS_HZ: Final = (250.0, 2_500.0)
"""Bass, middle and top, each with a pulse of its own."""


def find_features(spectrogram: Spectrogram) -> tuple[float, ...]:
    """The 66 numbers of a track; all of them 0 if nothing sounds."""
    totals = spectrogram.powers.sum(axis=1)
    sounding = totals > _SOUNDING * np.percentile(totals, 95)
    if np.count_nonzero(sounding) <= _STEP or not totals.any():
        return (0.0,) * FEATURES
    powers = spectrogram.powers[sounding].astype(np.float64)
    loud = float(np.percentile(totals[sounding], 95))
    levels = 10.0 * np.log10(np.maximum(powers, _FAINTEST * loud))
    cepstra = levels @ _cosines()
    timbre = (cepstra.mean(axis=0)[1:], cepstra.std(axis=0), (cepstra[_STEP:] - cepstra[:-_STEP]).std(axis=0))
    octaves = np.log2(np.maximum(spectrogram.centroids_hz[sounding], 20.0) / 1000.0)
    rises = np.maximum(levels[_STEP:] - levels[:-_STEP], 0.0).mean()
    character = np.array([octaves.mean(), octaves.std(), _flatness(powers), rises])
    features = np.concatenate((*timbre, character, _pulse(spectrogram.powers, loud)))
    return tuple(round(float(number), 5) for number in features)


@cache
def _cosines() -> NDArray[np.float64]:
    """The cosine transform that turns the levels of the bands into cepstra; [BANDS, 13]."""
    bands = np.pi / BANDS * (np.arange(BANDS)[:, None] + 0.5)
    return np.asarray(np.cos(bands * np.arange(_CEPSTRA)) * np.sqrt(2.0 / BANDS))


def _flatness(powers: NDArray[np.float64]) -> float:
    """How much like noise it is, in dB: the mean level of the lines less the level of their mean. 0 is noise, music is below -10."""
    density = powers / np.diff(BAND_BORDERS) + 1e-20
    return float(np.mean(10.0 * (np.log10(density).mean(axis=1) - np.log10(density.mean(axis=1)))))


def _pulse(powers: NDArray[np.float32], loud: float) -> NDArray[np.float64]:
    """How strongly bass, middle and top pulse at eight rates from 0.5 to 12 Hz, in dB; [24]."""
    regions = np.digitize(BAND_HZ, _REGIONS_HZ)
    window = np.hanning(_PULSE_SECONDS * MOMENTS_A_SECOND)
    steps = np.geomspace(*_PULSE_HZ, _PULSE_STEPS + 1)
    rates = np.fft.rfftfreq(window.size, 1.0 / MOMENTS_A_SECOND)
    places = np.digitize(rates, steps) - 1
    result = np.zeros((len(_REGIONS_HZ) + 1, _PULSE_STEPS))
    for region in range(result.shape[0]):
        levels = 10.0 * np.log10(np.maximum(powers[:, regions == region].sum(axis=1, dtype=np.float64), 1e-6 * loud))
        if levels.size < window.size:
            levels = np.pad(levels, (0, window.size - levels.size), mode="edge")
        pieces = np.lib.stride_tricks.sliding_window_view(levels, window.size)[:: window.size // 2]
        spectra = np.abs(np.fft.rfft((pieces - pieces.mean(axis=1, keepdims=True)) * window, axis=1)).mean(axis=0)
        result[region] = [20.0 * np.log10(spectra[places == step].mean() + 1.0) for step in range(_PULSE_STEPS)]
    return result.ravel()
