"""Chroma: the notes of a chord, whatever its tuning; and where chords change."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, silence
from dsp.chroma import BASS_TOP, NOTES, bass_chroma_of, change_of, chroma_of, tuning_semitones
from dsp.spectrogram import Spectrogram, make_spectrogram
from tests.dsp.playing import MAJOR, MINOR, chords, drums


def spectrogram(samples: Samples) -> Spectrogram:
    return make_spectrogram(samples)


@pytest.mark.parametrize("cents", [-40.0, -10.0, 0.0, 25.0])
def test_a_chord_has_its_notes_and_its_tuning(cents: float) -> None:
    made = spectrogram(chords(((2, MINOR),), 6.0, cents=cents))
    tuning = tuning_semitones(made)
    assert 100.0 * tuning == pytest.approx(cents, abs=3.0)
    notes = chroma_of(made, tuning).sum(axis=0)
    assert set(np.argsort(-notes)[:3]) == {2, 5, 9}


def test_the_bass_has_its_own_note() -> None:
    made = spectrogram(chords(((7, MAJOR),), 4.0))
    bass = bass_chroma_of(made, 0.0).sum(axis=0)
    assert int(bass.argmax()) == 7
    assert BASS_TOP < 60.0, "the chords of this pianist lie above it"
    assert bass[7] > 5.0 * np.delete(bass, 7).max()


def test_a_change_is_where_the_chord_changes() -> None:
    made = spectrogram(chords(((0, MAJOR), (6, MAJOR)), 8.0, 2.0))
    change = change_of(chroma_of(made, 0.0), 6)
    places = [20, 40, 60]
    assert change[places] == pytest.approx([1.0] * 3, abs=0.35)
    assert change[[10, 30, 50]].max() < 0.1
    assert 0.0 <= change.min() <= change.max() <= 1.0


def test_what_lies_between_two_notes_speaks_for_neither() -> None:
    between = spectrogram(chords(((0, MAJOR),), 4.0, cents=50.0))
    clear = spectrogram(chords(((0, MAJOR),), 4.0))
    assert chroma_of(between, 0.0).sum() < 0.2 * chroma_of(clear, 0.0).sum()


def test_drums_sing_less_than_chords_and_silence_not_at_all() -> None:
    assert not chroma_of(spectrogram(silence(SAMPLE_RATE)), 0.0).any()
    assert not change_of(np.zeros((20, NOTES)), 4).any()
    drummed, sung = (chroma_of(spectrogram(sound), 0.0) for sound in (drums(120.0, 4.0), chords(((0, MAJOR),), 4.0)))
    assert np.ptp(drummed.sum(axis=0)) < np.ptp(sung.sum(axis=0))
