"""Beats: a grid on the strokes themselves, to a few milliseconds, with the one on the one; none where beats lie on no line."""

import numpy as np
import pytest

from dsp.beats import find_grid
from dsp.block import SAMPLE_RATE, Samples, frames_of, silence
from dsp.hearing import BeatGrid, Tempo
from dsp.spectrogram import make_spectrogram
from dsp.tempo import find_tempo
from tests.dsp.playing import MAJOR, MINOR, chords, drums

SECONDS = 30.0
FOUR_CHORDS = ((0, MAJOR), (9, MINOR), (5, MAJOR), (7, MAJOR))


def grid(samples: Samples, tempo: Tempo | None = None) -> BeatGrid | None:
    spectrogram = make_spectrogram(samples)
    return find_grid(samples, spectrogram, tempo or find_tempo(spectrogram))


def band(bpm: float, first_seconds: float, beats_a_bar: int = 4) -> Samples:
    """Drums over chords that change on the ones."""
    bar = beats_a_bar * 60.0 / bpm
    late = silence(frames_of(first_seconds))
    played = np.concatenate((late, chords(FOUR_CHORDS, SECONDS, bar)), axis=1)[:, : frames_of(SECONDS)]
    return played + drums(bpm, SECONDS, first_seconds, beats_a_bar)


def worst_milliseconds(found: BeatGrid, bpm: float, first_seconds: float) -> float:
    """How far the worst beat of the track lies from the drummer's."""
    numbers = np.arange(int(SECONDS * SAMPLE_RATE / found.beat_frames))
    places = found.first_beat_frames + numbers * found.beat_frames
    beat = 60.0 * SAMPLE_RATE / bpm
    off = (places - first_seconds * SAMPLE_RATE + beat / 2.0) % beat - beat / 2.0
    return float(np.abs(off).max() / SAMPLE_RATE * 1000.0)


@pytest.mark.parametrize(("bpm", "first_seconds"), [(72.0, 0.9), (97.3, 0.11), (124.0, 0.25), (128.0, 1.4), (150.0, 0.05)])
def test_every_beat_lies_on_its_stroke_and_the_one_on_the_one(bpm: float, first_seconds: float) -> None:
    found = grid(band(bpm, first_seconds), Tempo(bpm * 1.0003, 0.9, ()))
    assert found is not None
    assert found.bpm == pytest.approx(bpm, rel=2e-4)
    assert worst_milliseconds(found, bpm, first_seconds) < 8.0
    assert found.beats_a_bar == 4
    assert _bar_off(found, first_seconds) < 0.05
    assert found.confidence > 0.5
    assert 0.0 <= found.first_beat_frames < found.beat_frames
    assert 0 <= found.downbeat < found.beats_a_bar


def test_a_waltz_has_three_beats_a_bar() -> None:
    found = grid(band(132.0, 0.4, 3), Tempo(132.0, 0.9, ()))
    assert found is not None
    assert found.beats_a_bar == 3
    assert worst_milliseconds(found, 132.0, 0.4) < 8.0
    assert _bar_off(found, 0.4) < 0.05


def test_the_sound_is_heard_in_either_channel_and_when_they_cancel() -> None:
    opposed = band(124.0, 0.25) * np.array([[1.0], [-1.0]], np.float32)
    found = grid(opposed)
    assert found is not None
    assert worst_milliseconds(found, 124.0, 0.25) < 8.0


def test_without_a_tempo_or_without_a_few_beats_there_is_no_grid() -> None:
    assert grid(silence(frames_of(SECONDS))) is None
    assert grid(drums(120.0, SECONDS), Tempo(0.0, 0.0, ())) is None
    assert grid(drums(120.0, 3.0), Tempo(120.0, 1.0, ())) is None


def test_beats_that_get_faster_are_not_trusted() -> None:
    """From 110 to 130 over half a minute: no line lies on all of them."""
    sound, at, first = silence(frames_of(SECONDS)), 0.25, drums(120.0, 0.5, 0.0)
    while at < SECONDS - 0.6:
        room = sound[:, frames_of(at) :][:, : first.shape[1]]
        room += first[:, : room.shape[1]]
        at += 60.0 / (110.0 + 20.0 * at / SECONDS)
    found = grid(sound)
    assert found is None or found.confidence < 0.5


def _bar_off(found: BeatGrid, first_seconds: float) -> float:
    """How far the ones lie from the drummer's, in bars."""
    bars = (found.beat_at(found.downbeat) - first_seconds * SAMPLE_RATE) / (found.beats_a_bar * found.beat_frames)
    return abs(bars - round(bars))
