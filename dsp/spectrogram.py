"""What all ears hear of a track: its spectrum in time, taken in one pass, in a fraction of the memory that its sound needs.

Two windows look at the mid signal. The short one sees when things happen: every 10 ms the power in bands from bass to air. The long one
sees what notes sound: every 100 ms the strongest partials, each with its pitch between the lines. Only these are kept, about 12 kB a
second, so that a mix of hours can be heard as well as a song. Times are centred: moment n is what sounds around frame `n * HOP_FRAMES`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

from dsp.block import SAMPLE_RATE, Samples
from dsp.kernel import kernel, plain

HOP_FRAMES: Final = 480
WINDOW_FRAMES: Final = 2048
MOMENTS_A_SECOND: Final = SAMPLE_RATE // HOP_FRAMES
LOWEST_HZ: Final = 30.0
HIGHEST_HZ: Final = 20_000.0
_MOST_BANDS: Final = 44

NOTE_HOP_FRAMES: Final = 4800
NOTE_WINDOW_FRAMES: Final = 16_384
PARTIALS: Final = 32
"""The most that are kept of one moment of notes."""
_LOWEST_NOTE_HZ: Final = 50.0
_HIGHEST_NOTE_HZ: Final = 3600.0
_FAINTEST: Final = 1e-4
"""A partial fainter than this, relative to the strongest of its moment, is not kept (-40 dB)."""
_OPPOSED: Final = -0.8
"""A track whose channels correlate below this cancels in its mid: then the side is heard."""
_MOMENTS_AT_ONCE: Final = 500
_NOTES_AT_ONCE: Final = 50


def _borders() -> NDArray[np.int64]:
    """The first line of each band, and the line behind the last: evenly spaced on a logarithmic scale where lines are dense enough."""
    hertz = np.geomspace(LOWEST_HZ, HIGHEST_HZ, _MOST_BANDS + 1)
    return np.unique(np.rint(hertz * WINDOW_FRAMES / SAMPLE_RATE).astype(np.int64))


BAND_BORDERS: Final = _borders()
"""Lines at which the bands begin; int64 [BANDS + 1]."""
BANDS: Final = BAND_BORDERS.size - 1
BAND_HZ: Final = np.sqrt(BAND_BORDERS[:-1] * (BAND_BORDERS[1:] - 1.0)) * SAMPLE_RATE / WINDOW_FRAMES
"""The middle of each band; float64 [BANDS]."""


@dataclass(frozen=True, slots=True)
class Spectrogram:
    """A track's spectrum in time. Arrays are never written to."""

    frames: int
    """The track's length."""
    powers: NDArray[np.float32]
    """Power in each band at each moment, as mean square; [moments, BANDS], moments = frames // HOP_FRAMES + 1."""
    centroids_hz: NDArray[np.float32]
    """The centre of gravity of each moment's power; 0 in silence; [moments]."""
    lines: NDArray[np.float64]
    """The mean power over the track of each line, `SAMPLE_RATE / WINDOW_FRAMES` Hz apart; [WINDOW_FRAMES // 2 + 1]."""
    pitches: NDArray[np.float32]
    """The partials at each moment of notes, strongest first, as MIDI numbers (69.0 is 440 Hz); [notes, PARTIALS],
    notes = frames // NOTE_HOP_FRAMES + 1."""
    strengths: NDArray[np.float32]
    """Their amplitudes (a sine of amplitude 1 reads 1); 0 where there is none; [notes, PARTIALS]."""


def make_spectrogram(samples: Samples) -> Spectrogram:
    """The spectrogram of a whole track, float32 [2, frames]. What is not finite counts as silence. About 0.3 s a three-minute track."""
    frames = samples.shape[1]
    sides = np.array([0.5, -0.5 if _opposed(samples) else 0.5], np.float32)
    moments, notes = frames // HOP_FRAMES + 1, frames // NOTE_HOP_FRAMES + 1
    powers, centroids = np.zeros((moments, BANDS), np.float32), np.zeros(moments, np.float32)
    lines = np.zeros(WINDOW_FRAMES // 2 + 1)
    window = np.hanning(WINDOW_FRAMES + 1)[:-1]
    scale = 2.0 / (WINDOW_FRAMES * float(np.sum(np.square(window))))
    for first, spectra in _spectra(samples, sides, window, HOP_FRAMES, _MOMENTS_AT_ONCE):
        last = first + spectra.shape[0]
        _sum_bands(spectra, BAND_BORDERS, scale, powers[first:last], centroids[first:last], lines)
    pitches, strengths = np.zeros((notes, PARTIALS), np.float32), np.zeros((notes, PARTIALS), np.float32)
    long_window = np.blackman(NOTE_WINDOW_FRAMES + 1)[:-1]
    gain = 2.0 / float(np.sum(long_window))
    for first, spectra in _spectra(samples, sides, long_window, NOTE_HOP_FRAMES, _NOTES_AT_ONCE):
        last = first + spectra.shape[0]
        _find_partials(spectra, gain, pitches[first:last], strengths[first:last])
    return Spectrogram(frames, powers, centroids, lines / moments, pitches, strengths)


def _opposed(samples: Samples) -> bool:
    left, right = samples[0], samples[1]
    own = float(np.sqrt(np.dot(left, left)) * np.sqrt(np.dot(right, right)))
    return float(np.dot(left, right)) < _OPPOSED * own


def _spectra(
    samples: Samples, sides: NDArray[np.float32], window: NDArray[np.float64], hop: int, at_once: int
) -> Iterator[tuple[int, NDArray[np.complex64]]]:
    """The spectra of `samples` every `hop` frames, some at a time: the number of the first, and complex64 [some, window // 2 + 1]."""
    length, frames = window.size, samples.shape[1]
    shape = window.astype(np.float32)
    for first in range(0, frames // hop + 1, at_once):
        some = min(at_once, frames // hop + 1 - first)
        start = first * hop - length // 2
        end = start + (some - 1) * hop + length
        sound = np.zeros(end - start, np.float32)
        inside = slice(max(0, start), min(frames, end))
        _mix(plain(samples[:, inside]), sides, sound[inside.start - start : inside.stop - start])
        yield first, rfft(np.lib.stride_tricks.sliding_window_view(sound, length)[::hop] * shape, axis=1)


@kernel
def _mix(samples: Samples, sides: NDArray[np.float32], sound: NDArray[np.float32]) -> None:
    for frame in range(samples.shape[1]):
        mixed = sides[0] * samples[0, frame] + sides[1] * samples[1, frame]
        sound[frame] = mixed if np.isfinite(mixed) else np.float32(0.0)


@kernel
def _sum_bands(
    spectra: NDArray[np.complex64],
    borders: NDArray[np.int64],
    scale: float,
    powers: NDArray[np.float32],
    centroids: NDArray[np.float32],
    lines: NDArray[np.float64],
) -> None:
    """Fills `powers` and `centroids`, and adds the power of each line to `lines`."""
    width = np.float32(SAMPLE_RATE / WINDOW_FRAMES)
    count = spectra.shape[1]
    power = np.empty(count, np.float32)
    for moment in range(spectra.shape[0]):
        total = weighted = np.float32(1e-20)
        for line in range(count):
            value = spectra[moment, line]
            power[line] = np.float32(scale) * (value.real * value.real + value.imag * value.imag)
            lines[line] += power[line]
        for line in range(1, count):
            total += power[line]
            weighted += power[line] * np.float32(line)
        centroids[moment] = width * weighted / total if total > np.float32(1e-12) else np.float32(0.0)
        for band in range(borders.shape[0] - 1):
            within = np.float32(0.0)
            for line in range(borders[band], borders[band + 1]):
                within += power[line]
            powers[moment, band] = within


@kernel
def _find_partials(spectra: NDArray[np.complex64], gain: float, pitches: NDArray[np.float32], strengths: NDArray[np.float32]) -> None:
    """The strongest peaks of each spectrum; between the lines a peak is a parabola in the logarithm of the power."""
    width = SAMPLE_RATE / NOTE_WINDOW_FRAMES
    low, high = int(_LOWEST_NOTE_HZ / width), int(_HIGHEST_NOTE_HZ / width)
    power = np.empty(high + 2)
    places = np.empty(high + 2, np.int64)
    for moment in range(spectra.shape[0]):
        for line in range(low - 1, high + 2):
            value = spectra[moment, line]
            power[line] = gain * gain * (float(value.real) * value.real + float(value.imag) * value.imag) + 1e-20
        strongest = power[low : high + 1].max()
        count = 0
        if strongest > 1e-12:
            for line in range(low, high + 1):
                if power[line] > _FAINTEST * strongest and power[line] > power[line - 1] and power[line] >= power[line + 1]:
                    places[count] = line
                    count += 1
        order = np.argsort(-power[places[:count]])
        for rank in range(min(count, pitches.shape[1])):
            line = places[order[rank]]
            before, here, after = np.log(power[line - 1]), np.log(power[line]), np.log(power[line + 1])
            bend = before - 2.0 * here + after
            shift = 0.5 * (before - after) / bend if bend < -1e-9 else 0.0
            pitches[moment, rank] = 69.0 + 12.0 * np.log2((line + shift) * width / 440.0)
            strengths[moment, rank] = np.exp(0.5 * (here - 0.25 * (before - after) * shift))
