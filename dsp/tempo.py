"""Tempo: how many beats a minute, and which other answers a listener might give.

A beat is a period at which onsets come again in bass, middle and treble, in halves, doubles and bars of itself; where the bass drum and
the snare answer each other tells it from its half and its double. So every candidate is judged by how bass, middle and treble correlate
with themselves and with each other at its multiples. The weights of that judgement are fitted to played patterns of many kinds of music
(benchmarks/sound_ears_fit.py makes them; dsp/tempo_weights.py holds them).
"""

from itertools import combinations_with_replacement
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from dsp.hearing import Tempo
from dsp.onsets import GROUPS, onset_strengths
from dsp.spectrogram import MOMENTS_A_SECOND, Spectrogram
from dsp.tempo_weights import MULTIPLES, OCTAVE_WEIGHTS, WEIGHTS

SLOWEST_BPM: Final = 50.0
FASTEST_BPM: Final = 215.0
ALTERNATIVES: Final = 4
"""The most that are told."""
STEADY: Final = 0.4
"""The correlation of a pulse that is beyond doubt."""
CHANCE: Final = 0.06
"""The correlation below which a pulse is no better than chance."""
FAINT: Final = 0.12
"""Onsets that deviate by less in every group are those of a held tone, which the window's own ripple makes."""
CLEAR: Final = 0.18
"""From here on they are a player's; the softest pads are above."""
_LONGEST_SECONDS: Final = 10.0
_SHORTEST_SECONDS: Final = 4.0
_SURROUNDINGS: Final = 41
"""Moments: an onset is what stands out from them."""
_PEAKS: Final = 3
_RATIOS: Final = (1.0, 2.0, 1 / 2, 2 / 3, 3 / 2, 3.0, 1 / 3, 4 / 3, 3 / 4, 4.0, 1 / 4)
_APART: Final = 0.02
"""Candidates closer than this are one."""
_MIDDLE_BPM: Final = 118.0
_PAIRS: Final = tuple(combinations_with_replacement(range(GROUPS), 2))
_GROUP_SHARES: Final = (1.0, 0.7, 0.7)


def find_tempo(spectrogram: Spectrogram) -> Tempo:
    """The tempo of a whole track, to within a thousandth where it is steady; bpm 0 and confidence 0 where nothing beats."""
    onsets = onset_strengths(spectrogram)
    clearness = (float(standing_out(onsets).std(axis=0).max()) - FAINT) / (CLEAR - FAINT)
    pulse = pulse_of(onsets)
    correlations = correlate(pulse)
    candidates = candidate_tempi(correlations)
    if candidates.size == 0 or clearness <= 0.0:
        return Tempo(0.0, 0.0, ())
    scores = judge(correlations, candidates)
    order = np.argsort(-scores)
    best = float(candidates[order[0]])
    confidence = float(np.clip((_steadiness(correlations, best) - CHANCE) / (STEADY - CHANCE), 0.0, 1.0) * min(1.0, clearness))
    if confidence == 0.0:
        return Tempo(0.0, 0.0, ())
    bpm = sharpen(pulse, best)
    shares = np.exp(scores[order] - scores[order[0]])
    others = zip(order[1 : 1 + ALTERNATIVES], shares[1 : 1 + ALTERNATIVES], strict=False)
    alternatives = tuple((round(bpm * float(candidates[one]) / best, 3), round(float(share), 4)) for one, share in others)
    return Tempo(round(bpm, 3), round(confidence, 3), alternatives)


def standing_out(onsets: NDArray[np.float32]) -> NDArray[np.float64]:
    """What stands out of the onsets around it; float64 [moments, GROUPS]."""
    around = np.ones(_SURROUNDINGS) / _SURROUNDINGS
    means = np.stack([np.convolve(group, around, "same")[: len(onsets)] for group in onsets.T], axis=1)
    return np.asarray(np.maximum(onsets - means, 0.0))


def pulse_of(onsets: NDArray[np.float32]) -> NDArray[np.float64]:
    """The same, each group on one scale."""
    standing = standing_out(onsets)
    return np.asarray(standing / (standing.std(axis=0) + 1e-9))


def correlate(pulse: NDArray[np.float64]) -> NDArray[np.float64]:
    """How each pair of groups comes again after a lag, either first, in moments; 1 is always, 0 chance; float64 [pairs, lags].

    No lags where the track is too short for a tempo.
    """
    moments = pulse.shape[0]
    lags = min(round(_LONGEST_SECONDS * MOMENTS_A_SECOND), moments // 2)
    if lags < _SHORTEST_SECONDS * MOMENTS_A_SECOND:
        return np.zeros((len(_PAIRS), 0))
    centred = pulse - pulse.mean(axis=0)
    size = next_fast_len(moments + lags, real=True)
    spectra = rfft(centred, size, axis=0)
    norms = np.sqrt(np.sum(np.square(centred), axis=0)) + 1e-9
    overlap = 1.0 - np.arange(lags) / moments
    found = np.empty((len(_PAIRS), lags))
    for row, (first, second) in enumerate(_PAIRS):
        round_about = irfft(np.conj(spectra[:, first]) * spectra[:, second], size)
        backwards = np.concatenate((round_about[:1], round_about[:-lags:-1]))
        found[row] = 0.5 * (round_about[:lags] + backwards) / (norms[first] * norms[second] * overlap)
    return found


def candidate_tempi(correlations: NDArray[np.float64]) -> NDArray[np.float64]:
    """The strongest periods and all that are simple ratios of them, in bpm."""
    if correlations.shape[1] == 0:
        return np.zeros(0)
    tempi = np.arange(SLOWEST_BPM, FASTEST_BPM, 0.25)
    comb = _comb(correlations, tempi)
    inner = comb[1:-1]
    peaks = tempi[1:-1][(inner > comb[:-2]) & (inner >= comb[2:])]
    peaks = peaks[np.argsort(-_comb(correlations, peaks))][:_PEAKS]
    found: list[float] = []
    for peak in peaks:
        for ratio in _RATIOS:
            near = float(peak) * ratio * np.linspace(0.985, 1.015, 31)
            tempo = float(near[_comb(correlations, near).argmax()])
            if SLOWEST_BPM <= tempo <= FASTEST_BPM and all(abs(tempo / other - 1.0) > _APART for other in found):
                found.append(tempo)
    return np.array(found)


def evidence(correlations: NDArray[np.float64], tempi: NDArray[np.float64]) -> NDArray[np.float64]:
    """What the judgement weighs: every correlation at every multiple of the beat, and how fast it is; [tempi, features]."""
    beats = 60.0 * MOMENTS_A_SECOND / tempi
    parts = [_at(one, multiple * beats) for multiple in MULTIPLES for one in correlations]
    octaves = np.log2(tempi / _MIDDLE_BPM)
    return np.stack((*parts, octaves, octaves**2), axis=1)


def judge(correlations: NDArray[np.float64], tempi: NDArray[np.float64]) -> NDArray[np.float64]:
    """How likely each is the tempo, as logarithms."""
    return np.asarray(evidence(correlations, tempi) @ np.concatenate((WEIGHTS.ravel(), OCTAVE_WEIGHTS)))


def sharpen(pulse: NDArray[np.float64], bpm: float) -> float:
    """The tempo next to `bpm` at which the whole track's pulse is strongest: the longer the track, the finer."""
    total = pulse @ np.array(_GROUP_SHARES)
    total = total - total.mean()
    seconds = np.arange(total.size) / MOMENTS_A_SECOND
    for reach, steps in ((0.004, 33), (0.0004, 17)):
        near = bpm * (1.0 + np.linspace(-reach, reach, steps))
        bpm = float(near[np.argmax([_strength(total, seconds, one) for one in near])])
    return bpm


def _strength(pulse: NDArray[np.float64], seconds: NDArray[np.float64], bpm: float) -> float:
    """How strong the pulse is at that tempo, its double and fourfold. One tempo at a time: hours of sound must fit into memory."""
    turns = np.exp(-2j * np.pi / 60.0 * bpm * seconds)
    doubled = turns * turns
    return float(sum(np.abs(one @ pulse) ** 2 for one in (turns, doubled, doubled * doubled)))


def _comb(correlations: NDArray[np.float64], tempi: NDArray[np.float64]) -> NDArray[np.float64]:
    """How strongly all onsets come again after one beat, two and four."""
    total = sum(share * correlations[_PAIRS.index((group, group))] for group, share in enumerate(_GROUP_SHARES))
    beats = 60.0 * MOMENTS_A_SECOND / tempi
    strengths = _at(total, beats) + 0.5 * _at(total, 2.0 * beats) + 0.5 * _at(total, 4.0 * beats)
    return np.asarray(strengths * np.exp(-0.5 * (np.log2(tempi / 110.0) / 1.2) ** 2))


def _steadiness(correlations: NDArray[np.float64], bpm: float) -> float:
    """The correlation at the beat and its next three multiples, of the group that beats most steadily."""
    beats = np.array([60.0 * MOMENTS_A_SECOND / bpm])
    own = [correlations[_PAIRS.index((group, group))] for group in range(GROUPS)]
    return float(max(np.mean([_at(one, multiple * beats)[0] for multiple in (1, 2, 3, 4)]) for one in own))


def _at(correlation: NDArray[np.float64], lags: NDArray[np.float64]) -> NDArray[np.float64]:
    """Between whole lags; beyond the last it is taken for the last."""
    return np.interp(lags, np.arange(correlation.size), correlation)
