"""The pictures of a take: its waveform as numbers, its spectrogram as a PNG. Pure: sound in, picture out."""

import io
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from dsp.block import SAMPLE_RATE, Samples

COLUMNS: Final = 600
ROWS: Final = 128
LOWEST_HZ: Final = 30.0
HIGHEST_HZ: Final = 18_000.0
_WINDOW: Final = 4096
_QUIETEST_DB: Final = -84.0
_STOPS: Final = ((8, 10, 24), (54, 30, 110), (170, 50, 120), (250, 140, 70), (255, 245, 200))
"""From silence to loud."""


def waveform_of(sound: Samples) -> tuple[tuple[float, float], ...]:
    """The reach of both channels in each of COLUMNS equal stretches: the lowest and the highest sample."""
    edges = np.linspace(0, sound.shape[1], COLUMNS + 1).astype(np.int64)
    pieces = [sound[:, first : max(last, first + 1)] for first, last in pairwise(edges)]
    return tuple((float(piece.min()), float(piece.max())) for piece in pieces)


def spectrogram_of(sound: Samples) -> bytes:
    """The picture of both channels' sum, a PNG of COLUMNS by ROWS; frequencies rise in octaves. Sound shorter than a window is padded."""
    middle = np.pad(sound.mean(axis=0), (0, max(0, _WINDOW - sound.shape[1])))
    starts = np.linspace(0, len(middle) - _WINDOW, COLUMNS).astype(np.int64)
    shape = np.hanning(_WINDOW).astype(np.float32)
    power = np.stack([np.abs(np.fft.rfft(middle[start : start + _WINDOW] * shape)) ** 2 for start in starts], axis=1)
    edges = np.geomspace(LOWEST_HZ, HIGHEST_HZ, ROWS + 1) * _WINDOW / SAMPLE_RATE
    rows = [power[int(low) : max(int(high), int(low) + 1)].mean(axis=0) for low, high in pairwise(edges)]
    levels = 10.0 * np.log10(np.stack(rows[::-1]) / (_WINDOW / 4.0) ** 2 + 1e-12)
    picture = io.BytesIO()
    Image.fromarray(_coloured(np.clip(1.0 - levels / _QUIETEST_DB, 0.0, 1.0))).save(picture, "PNG", optimize=True)
    return picture.getvalue()


def _coloured(shares: NDArray[np.float64]) -> NDArray[np.uint8]:
    stops = np.linspace(0.0, 1.0, len(_STOPS))
    return np.stack([np.interp(shares, stops, [stop[channel] for stop in _STOPS]) for channel in range(3)], axis=-1).astype(np.uint8)
