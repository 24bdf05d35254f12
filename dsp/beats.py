"""The beat grid: where a track's beats lie, to the millisecond, and which of them are ones.

The tempo gives the period, the whole track's pulse the rough place, dsp/downbeats.py says which subdivision is the beat. Then every beat is
looked for in the sound itself, at a step of 2 ms, and a straight line is laid through all that were found. A track whose beats do not
lie on a line has no grid.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.block import SAMPLE_RATE, Samples
from dsp.downbeats import STEPS, find_bar, streams_of
from dsp.hearing import BeatGrid, Tempo
from dsp.kernel import kernel, plain
from dsp.onsets import onset_strengths
from dsp.spectrogram import HOP_FRAMES, MOMENTS_A_SECOND, Spectrogram
from dsp.tempo import pulse_of

FINE_FRAMES: Final = 96
"""2 ms: the step at which beats are looked for."""
_BORDERS_HZ: Final = (180.0, 2500.0)
_RISE_STEPS: Final = 4
_REACH: Final = 1000.0
"""How far below the track's own level a rise still counts: -60 dB."""
_SHARES: Final = (1.0, 0.8, 0.8)
"""Of bass, middle and treble in a rise."""
_FOLDS: Final = 120
"""Places in a beat among which the rough one is chosen."""
_WINDOWS_SECONDS: Final = (0.035, 0.020, 0.012, 0.012)
"""How far from the line a beat is looked for: closer at each turn."""
_NEAR_SECONDS: Final = 0.010
"""A beat within this of the line lies on it."""
_WIDEST_SECONDS: Final = 0.005
"""Beats whose median is this far off their line lie on none."""
_SCATTER_SECONDS: Final = 0.0015
"""By so much less it is full trust. Drums scatter by 1 to 3 ms."""
_FEWEST: Final = 8
"""Beats."""
_STRONG: Final = 0.25
"""A rise below this share of the typical one at a beat is not taken for its beat."""
_BEGUN: Final = 0.3
_SOFTEST_STEPS: Final = 20
"""40 ms: no attack that makes a beat is softer."""
_STEEPNESS: Final = 1.5
"""By which power of its steepness a stroke is heeded: a soft attack is heard late, and must not tilt the line where there are no others."""
_ONSET_FRAMES: Final = 192.0
"""From where a rise is seen to begin to where its stroke began: measured on drums (6 ms) and on pads (1 ms), whose attack is heard late."""


def find_grid(samples: Samples, spectrogram: Spectrogram, tempo: Tempo) -> BeatGrid | None:
    """The grid of a whole track; None if nothing beats or the beats lie on no line. `tempo` is the track's, from `find_tempo`."""
    if tempo.bpm <= 0.0 or samples.shape[1] < _FEWEST * SAMPLE_RATE * 60.0 / tempo.bpm:
        return None
    pulse = pulse_of(onset_strengths(spectrogram))
    bar = find_bar(streams_of(spectrogram, pulse), tempo.bpm, rough := _rough_place(pulse, tempo.bpm))
    if bar is None:
        return None
    beat = 60.0 * SAMPLE_RATE / tempo.bpm
    one = rough * HOP_FRAMES + bar.offset_beats * beat
    first, period, trust = _lay_line(_rises(samples), one % beat, beat)
    if not 0.97 < period / beat < 1.03:
        return None
    count = round((one - first) / period)
    whole = int(np.floor(first / period))
    confidence = trust * bar.confidence * min(1.0, 2.0 * tempo.confidence)
    return BeatGrid(
        bpm=60.0 * SAMPLE_RATE / period,
        first_beat_frames=first - whole * period,
        downbeat=(count + whole) % bar.beats_a_bar,
        beats_a_bar=bar.beats_a_bar,
        confidence=round(confidence, 3),
    )


def _rough_place(pulse: NDArray[np.float64], bpm: float) -> float:
    """Where in the beat most begins, in moments: the beat itself or a subdivision of it."""
    beat = 60.0 * MOMENTS_A_SECOND / bpm
    total = pulse @ np.array(_SHARES)
    places = ((np.arange(total.size) % beat) / beat * _FOLDS).astype(np.int64)
    sums = np.bincount(places, total, _FOLDS)[:_FOLDS] / np.maximum(1, np.bincount(places, minlength=_FOLDS)[:_FOLDS])
    reach = _FOLDS // STEPS // 2
    window = np.hanning(2 * reach + 3)[1:-1]
    smooth = np.convolve(np.concatenate((sums[-reach:], sums, sums[:reach])), window, "valid")
    return float(smooth.argmax() + 0.5) / _FOLDS * beat


def _rises(samples: Samples) -> NDArray[np.float64]:
    """How steeply the sound rises, in bass, middle and treble together, every 2 ms; float64 [frames // FINE_FRAMES]."""
    steps = samples.shape[1] // FINE_FRAMES
    energies = np.empty((steps, len(_SHARES)))
    pace = 1.0 - np.exp(-2.0 * np.pi * np.array(_BORDERS_HZ) / SAMPLE_RATE)
    _weigh_steps(plain(samples), pace, energies)
    heights = np.log1p(_REACH * np.sqrt(energies / (energies.mean(axis=0) + 1e-12)))
    rises = np.zeros_like(heights)
    rises[_RISE_STEPS // 2 : -_RISE_STEPS // 2] = np.maximum(0.0, heights[_RISE_STEPS:] - heights[:-_RISE_STEPS])
    return np.asarray(rises @ np.array(_SHARES))


def _lay_line(rises: NDArray[np.float64], first: float, beat: float) -> tuple[float, float, float]:
    """The line through the beats: where it begins and its period, in frames, and how far it can be trusted, 0 to 1."""
    count = int((rises.size * FINE_FRAMES - first) / beat)
    numbers = np.arange(count, dtype=np.float64)
    for window in _WINDOWS_SECONDS:
        places, strengths = _strokes(rises, first + numbers * beat, window)
        found = strengths > _STRONG * np.median(strengths[strengths > 0.0]) if (strengths > 0.0).any() else strengths > 0.0
        if found.sum() < _FEWEST:
            return first, beat, 0.0
        shift, drift = _line(numbers[found], (places - first - numbers * beat)[found], strengths[found])
        first, beat = first + shift, beat + drift
    off = np.abs(places - first - numbers * beat)[found]
    return first + _ONSET_FRAMES, beat, _trust(off / SAMPLE_RATE, float(found.mean()))


def _trust(off_seconds: NDArray[np.float64], found: float) -> float:
    """Of a line that misses its beats by so much, of which so great a share was found: most lie near it, and half of them very near.

    Beats that scatter more were heard in soft attacks, or are none: their line may lie ten milliseconds off them all.
    """
    near = float(np.mean(off_seconds < _NEAR_SECONDS)) * (found + 1.0) / 2.0
    scatter = (_WIDEST_SECONDS - float(np.median(off_seconds))) / _SCATTER_SECONDS
    return float(np.clip(2.0 * near - 0.7, 0.0, 1.0) * np.clip(scatter, 0.0, 1.0))


def _line(numbers: NDArray[np.float64], offsets: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[float, float]:
    """Offset at 0 and slope of the line through `offsets`, thrice laid, each time with less heed of what lies far from it."""
    shift = drift = 0.0
    clear = weights**_STEEPNESS
    heed = clear
    for _ in range(3):
        design = np.stack((np.ones(numbers.size), numbers), axis=1) * heed[:, None]
        shift, drift = np.linalg.lstsq(design, offsets * heed, rcond=None)[0]
        misses = np.abs(offsets - shift - drift * numbers)
        heed = clear / (1.0 + misses / (np.median(misses) + 24.0))
    return float(shift), float(drift)


def _strokes(rises: NDArray[np.float64], expected: NDArray[np.float64], window: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Where the steepest rise within `window` seconds of each expected place begins, in frames, and how steep it is.

    It begins where it is a third as steep as it becomes, so that a soft attack counts from its beginning as a hard one does.
    """
    reach = max(2, round(window * SAMPLE_RATE / FINE_FRAMES))
    seen = _around(rises, np.rint(expected / FINE_FRAMES - 0.5).astype(np.int64), reach, reach)
    peaks = np.rint(expected / FINE_FRAMES - 0.5).astype(np.int64) + seen.argmax(axis=1) - reach
    steepest = seen.max(axis=1)
    ascent = _around(rises, peaks, _SOFTEST_STEPS, 0)
    below = ascent[:, :-1] < _BEGUN * steepest[:, None]
    back = np.where(below.any(axis=1), below[:, ::-1].argmax(axis=1), _SOFTEST_STEPS - 1)
    rows, last = np.arange(len(peaks)), _SOFTEST_STEPS - 1 - back
    low, high = ascent[rows, last], ascent[rows, last + 1]
    part = np.clip((_BEGUN * steepest - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
    return (peaks - back - 1 + part + 0.5) * FINE_FRAMES, steepest


def _around(rises: NDArray[np.float64], middles: NDArray[np.int64], before: int, after: int) -> NDArray[np.float64]:
    """The rises from `before` steps before each middle to `after` behind it, 0 beyond the ends; float64 [middles, before + 1 + after]."""
    places = middles[:, None] + np.arange(-before, after + 1)[None, :]
    return np.where((places >= 0) & (places < rises.size), rises[np.clip(places, 0, rises.size - 1)], 0.0)


@kernel
def _weigh_steps(samples: Samples, pace: NDArray[np.float64], energies: NDArray[np.float64]) -> None:
    """The energy of each step below the first border, between both and above the second; both channels, so that nothing cancels."""
    energies[:] = 0.0
    for channel in range(samples.shape[0]):
        low = lower = middle = 0.0
        for step in range(energies.shape[0]):
            bass = mid = treble = 0.0
            for frame in range(step * FINE_FRAMES, (step + 1) * FINE_FRAMES):
                value = float(samples[channel, frame])
                if not np.isfinite(value):
                    value = 0.0
                low += pace[0] * (value - low)
                lower += pace[0] * (low - lower)
                middle += pace[1] * (value - middle)
                bass += lower * lower
                mid += (middle - low) * (middle - low)
                treble += (value - middle) * (value - middle)
            energies[step, 0] += bass
            energies[step, 1] += mid
            energies[step, 2] += treble
