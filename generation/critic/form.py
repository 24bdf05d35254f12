"""Whether a take has a form: it neither stands still nor changes anywhere, but mostly where eight bars are over."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.spectrogram import MOMENTS_A_SECOND, Spectrogram

_PIECE_SECONDS: Final = 4.0
_REACH: Final = 100.0
"""How far below the take's own level a band still counts, as a ratio of amplitudes."""
_PHRASE_BARS: Final = 8
_SIDE_BARS: Final = 4
"""So many bars before a border are compared with as many after it."""
_LEAST_PIECES: Final = 3
_LEAST_CHANGE: Final = 1e-3
"""What differs by less is the same."""
_CHANCE: Final = 0.4
"""Of the changes of anything at all, so many lie on the best fours of bars."""
_CLEAR: Final = 0.9


def heights(spectrogram: Spectrogram) -> NDArray[np.float32]:
    """The logarithm of each band's amplitude at each moment, however loud the take is; [moments, BANDS]."""
    amplitudes = np.sqrt(spectrogram.powers)
    level = float(np.sqrt(spectrogram.powers.sum(axis=1, dtype=np.float64).mean())) + 1e-9
    return np.asarray(np.log1p(amplitudes * np.float32(_REACH / level)), np.float32)


def self_similarity(bands: NDArray[np.float32]) -> float:
    """How alike pieces of four seconds are, -1 to 1; 0 where there are too few to say. `bands`: `heights`."""
    pieces = _unit(_means(bands, _PIECE_SECONDS * MOMENTS_A_SECOND))
    if pieces.shape[0] < _LEAST_PIECES:
        return 0.0
    return float((pieces @ pieces.T)[np.triu_indices(pieces.shape[0], 1)].mean())


def phrasing(bands: NDArray[np.float32], bpm: float) -> float:
    """How many of its changes lie where fours and eights of bars end, 0 (chance) to 1; 0.5 where nothing can be said."""
    if not bpm > 0.0:
        return 0.5
    bars = _unit(_means(bands, 4 * 60.0 / bpm * MOMENTS_A_SECOND))
    if bars.shape[0] < 2 * _PHRASE_BARS:
        return 0.5
    novelty = np.zeros(bars.shape[0])
    for bar in range(_SIDE_BARS, bars.shape[0] - _SIDE_BARS + 1):
        before, after = bars[bar - _SIDE_BARS : bar].mean(axis=0), bars[bar : bar + _SIDE_BARS].mean(axis=0)
        lengths = float(np.linalg.norm(before) * np.linalg.norm(after))
        novelty[bar if bar < novelty.size else -1] = 1.0 - float(before @ after) / lengths if lengths > 1e-9 else 0.0
    inner = novelty[1:-1]
    peaks = 1 + np.flatnonzero((inner > novelty[:-2]) & (inner >= novelty[2:]) & (inner > novelty.mean()) & (inner > _LEAST_CHANGE))
    if peaks.size == 0:
        return 0.5
    half = _PHRASE_BARS // 2
    share = max(novelty[peaks[peaks % half == phase]].sum() for phase in range(half)) / novelty[peaks].sum()
    return float(np.clip((share - _CHANCE) / (_CLEAR - _CHANCE), 0.0, 1.0))


def _means(bands: NDArray[np.float32], moments: float) -> NDArray[np.float64]:
    """The mean of each piece that is `moments` long, centred; [pieces, BANDS]."""
    count = int(bands.shape[0] / moments)
    edges = np.rint(np.arange(count + 1) * moments).astype(np.int64)
    sums = np.concatenate((np.zeros((1, bands.shape[1])), np.cumsum(bands, axis=0, dtype=np.float64)))
    means = (sums[edges[1:]] - sums[edges[:-1]]) / np.maximum(1, np.diff(edges))[:, None]
    return np.asarray(means - means.mean(axis=1, keepdims=True))


def _unit(pieces: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(pieces / np.maximum(np.linalg.norm(pieces, axis=1, keepdims=True), 1e-9))
