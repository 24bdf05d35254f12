"""Downbeats: where in the bar each beat lies, once the tempo is known.

The whole track is laid over itself bar by bar. On the ones the chord and the bass change, sections begin and the bass drum is strong;
the snare answers on two and four, hats lie between. Every turn of the bar is judged by these, the beat among its subdivisions as well
as the one among the beats. Three beats a bar are told from four by which of them the music comes back after.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from dsp.chroma import bass_chroma_of, change_of, chroma_of, tuning_semitones
from dsp.spectrogram import HOP_FRAMES, MOMENTS_A_SECOND, NOTE_HOP_FRAMES, Spectrogram

STEPS: Final = 12
"""In a beat: halves, thirds and quarters fall on one."""
BASS, MIDDLE, TREBLE, CHORD, BASS_NOTE, SECTION = range(6)
STREAMS: Final = 6
_CHORD_MOMENTS: Final = 6
_BASS_MOMENTS: Final = 4
_SECTION_MOMENTS: Final = 16
"""Moments of notes on either side that are compared."""
_EDGE_MOMENTS: Final = 8
"""Nothing is a new section so close to the ends."""
_THREES: Final = 1.5
"""How much more the music must come back after three and six beats than after four and eight, over five streams, to be in three."""


@dataclass(frozen=True, slots=True)
class Bar:
    """How the bars of a track lie."""

    offset_beats: float
    """From the place that was asked about to a one: 0 <= it < beats_a_bar, a multiple of 1 / STEPS."""
    beats_a_bar: int
    confidence: float
    """How much likelier this one is than any other, 0 to 1."""


def streams_of(spectrogram: Spectrogram, pulse: NDArray[np.float64]) -> NDArray[np.float64]:
    """What may tell a one: onsets in bass, middle and treble, changes of chord, of bass and of the sound; float64 [moments, STREAMS]."""
    tuning = tuning_semitones(spectrogram)
    chord = change_of(np.log1p(_louder(chroma_of(spectrogram, tuning))), _CHORD_MOMENTS)
    bass = change_of(bass_chroma_of(spectrogram, tuning), _BASS_MOMENTS)
    places = np.arange(pulse.shape[0]) * (HOP_FRAMES / NOTE_HOP_FRAMES)
    slow = [np.interp(places, np.arange(one.size), one) for one in (chord, bass, _sections(spectrogram))]
    return np.column_stack((pulse, *slow))


def find_bar(streams: NDArray[np.float64], bpm: float, start: float) -> Bar | None:
    """How bars lie, counted from `start` (in moments, near a subdivision of a beat); None if there are less than two bars."""
    steps = fold(streams, bpm, start)
    if steps.shape[0] < 8 * STEPS:
        return None
    beats = 3 if _threes(steps) > _THREES else 4
    length = beats * STEPS
    scores = judge(shape_of(steps[: steps.shape[0] // length * length].reshape(-1, length, STREAMS)), beats)
    best = int(scores.argmax())
    chances = np.exp(scores - scores.max())
    near = np.arange(best - 1, best + 2) % length
    here, elsewhere = chances[near].sum(), np.delete(chances, near).max()
    return Bar(best / STEPS, beats, float((here - elsewhere) / chances.sum()))


def fold(streams: NDArray[np.float64], bpm: float, start: float) -> NDArray[np.float64]:
    """The streams by steps from `start` on, each the mean around its step; float64 [steps, STREAMS]."""
    moments = streams.shape[0]
    step = 60.0 * MOMENTS_A_SECOND / bpm / STEPS
    middles = start + step * np.arange(max(0, int((moments - 1 - start) / step)))
    sums = np.concatenate((np.zeros((1, streams.shape[1])), np.cumsum(streams, axis=0)))
    borders = np.arange(moments + 1) - 0.5
    until = np.column_stack([np.interp(middles + step / 2.0, borders, one) for one in sums.T])
    since = np.column_stack([np.interp(middles - step / 2.0, borders, one) for one in sums.T])
    return np.asarray((until - since) / step)


def shape_of(bars: NDArray[np.float64]) -> NDArray[np.float64]:
    """The mean of bars [bars, steps, STREAMS]: each stream of mean 0 and deviation 1 or, where its bars do not agree, less.

    What is left of a mean over bars that have nothing in common is chance, and must not be blown up into evidence.
    """
    bar = bars.mean(axis=0)
    deviation = bar.std(axis=0)
    by_chance = np.sqrt(bars.var(axis=0).mean(axis=0) / bars.shape[0])
    agreement = np.maximum(0.0, 1.0 - np.square(by_chance / (deviation + 1e-9)))
    return np.asarray((bar - bar.mean(axis=0)) / (deviation + 1e-9) * agreement)


def judge(bar: NDArray[np.float64], beats: int) -> NDArray[np.float64]:
    """How likely each step of the bar is its one, as logarithms; `bar` is float64 [steps, STREAMS], as `shape_of` makes it."""

    def at(stream: int, places: tuple[float, ...]) -> NDArray[np.float64]:
        """The mean of a stream at these beats of the bar, for each step taken as its one."""
        return np.asarray(np.mean([np.roll(bar[:, stream], -round(place * STEPS)) for place in places], axis=0))

    ones = (0.0, 1.0 / STEPS)
    between = tuple(beat + 0.5 for beat in range(beats))
    changes = 1.15 * at(CHORD, ones) + 1.45 * at(BASS_NOTE, ones) + 0.95 * at(SECTION, ones)
    if beats == 3:
        answers = 0.3 * at(TREBLE, (1.0, 2.0)) + 0.2 * at(MIDDLE, (1.0, 2.0))
        return np.asarray(0.3 * changes + 0.8 * at(BASS, (0.0,)) + answers + 0.2 * at(MIDDLE, (0.0, 1.0, 2.0)))
    answers = 1.45 * at(TREBLE, (1.0, 3.0)) + 0.8 * at(MIDDLE, (1.0, 3.0))
    hats = 1.15 * at(TREBLE, between) + 0.3 * at(BASS, between) - 0.5 * at(TREBLE, (0.0, 1.0, 2.0, 3.0))
    return np.asarray(changes + answers + hats + 0.6 * at(BASS, (0.0,)))


def _threes(steps: NDArray[np.float64]) -> float:
    """How much more the streams come back after three and six beats than after four and eight; sections are too rare to."""
    centred = steps[:, :SECTION] - steps[:, :SECTION].mean(axis=0)
    power = np.mean(np.square(centred), axis=0) + 1e-12

    def after(beats: int) -> float:
        lag = beats * STEPS
        return float(np.sum(np.mean(centred[:-lag] * centred[lag:], axis=0) / power)) if lag < centred.shape[0] else 0.0

    return after(3) + after(6) - after(4) - after(8)


def _louder(chroma: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(50.0 * chroma / (chroma.mean() + 1e-9))


def _sections(spectrogram: Spectrogram) -> NDArray[np.float64]:
    """How much the sound of the seconds after each moment of notes differs from that of those before it, in all bands."""
    mean = float(spectrogram.powers.mean()) + 1e-12
    heights = np.log1p(np.sqrt(spectrogram.powers / mean) * 1000.0)
    apart = NOTE_HOP_FRAMES // HOP_FRAMES
    coarse = np.add.reduceat(heights, np.arange(0, len(heights), apart), axis=0) / apart
    count = coarse.shape[0]
    sums = np.concatenate((np.zeros((1, coarse.shape[1])), np.cumsum(coarse, axis=0, dtype=np.float64)))
    here = np.arange(count)
    first, last = np.maximum(0, here - _SECTION_MOMENTS), np.minimum(count, here + _SECTION_MOMENTS + 1)
    before = (sums[here] - sums[first]) / np.maximum(1, here - first)[:, None]
    after = (sums[last] - sums[np.minimum(count, here + 1)]) / np.maximum(1, last - here - 1)[:, None]
    change = np.abs(after - before).mean(axis=1)
    change[:_EDGE_MOMENTS] = change[-_EDGE_MOMENTS:] = 0.0
    return np.asarray(change)
