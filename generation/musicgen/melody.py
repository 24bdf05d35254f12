"""A melody as MusicGen Melody is told it: which of the twelve tones is loudest, eight times a second.

The filters are librosa's chroma filters, as transformers' feature extractor has them, and the spectrum is that of its torchaudio part,
which this house does without: Hann windows of half a second, of which each begins an eighth of a second after the last.
"""

from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

TONES: Final = 12
WINDOW: Final = 16_384
HOP: Final = 4_096
_A_HZ: Final = 440.0
_CENTRE_OCTAVE, _OCTAVES = 5.0, 2.0
"""Where the filters listen most closely, and how far around it."""
_FROM_A_TO_C: Final = 3


@cache
def chroma_filters(rate: int, window: int = WINDOW, tones: int = TONES) -> NDArray[np.float64]:
    """[tones, window / 2 + 1]: how much each band of the spectrum belongs to each tone, C first."""
    hertz = np.linspace(0.0, rate, window, endpoint=False)[1:]
    steps = tones * np.log2(hertz / (_A_HZ / 16.0))
    steps = np.concatenate(([steps[0] - 1.5 * tones], steps))
    widths = np.concatenate((np.maximum(np.diff(steps), 1.0), [1.0]))
    half = round(tones / 2.0)
    away = np.remainder(steps - np.arange(tones)[:, None] + half + 10 * tones, tones) - half
    filters = np.exp(-0.5 * (2.0 * away / widths) ** 2)
    filters /= np.sqrt(np.sum(filters**2, axis=0, keepdims=True))
    filters *= np.exp(-0.5 * ((steps / tones - _CENTRE_OCTAVE) / _OCTAVES) ** 2)
    return np.ascontiguousarray(np.roll(filters, -_FROM_A_TO_C * (tones // TONES), axis=0)[:, : window // 2 + 1])


def chroma(sound: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """float32 [samples] to [steps, 12]: 1 for the loudest tone of each step, 0 for the others."""
    if sound.size < WINDOW:
        missing = WINDOW - sound.size
        sound = np.pad(sound, (missing // 2, missing - missing // 2))
    padded = np.pad(sound.astype(np.float64), WINDOW // 2, mode="reflect")
    shape = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(WINDOW) / WINDOW)
    filters = chroma_filters(rate)
    loudest = [
        int(np.argmax(filters @ np.abs(np.fft.rfft(padded[start : start + WINDOW] * shape)) ** 2))
        for start in range(0, padded.size - WINDOW + 1, HOP)
    ]
    return np.eye(TONES, dtype=np.float32)[loudest]


def passage(tones: NDArray[np.float32], start_seconds: float, steps: int, rate: int) -> NDArray[np.float32]:
    """`steps` of a melody from there on; it begins again where it ends."""
    first = round(start_seconds * rate / HOP)
    return tones[np.arange(first, first + steps) % len(tones)]


def no_melody(steps: int) -> NDArray[np.float32]:
    """What stands for "any melody"."""
    return np.eye(TONES, dtype=np.float32)[np.zeros(steps, np.int64)]
