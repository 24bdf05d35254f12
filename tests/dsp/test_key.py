"""Key: all twenty-four, in tune and out of it, with drums and without."""

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, silence
from dsp.chroma import NOTES
from dsp.hearing import Key
from dsp.key import evidence, find_key
from dsp.spectrogram import make_spectrogram
from tests.dsp.playing import MAJOR, MINOR, chords, drums

SECONDS = 16.0


def piece(tonic: int, minor: bool, cents: float = 0.0) -> Samples:
    """Home, the fourth, the fifth, home."""
    triad = MINOR if minor else MAJOR
    steps = ((0, triad), (5, triad), (7, MAJOR), (0, triad))
    return chords(tuple(((tonic + root) % NOTES, kind) for root, kind in steps), SECONDS, cents=cents)


def key(samples: Samples) -> Key:
    return find_key(make_spectrogram(samples))


@pytest.mark.parametrize("minor", [False, True], ids=["major", "minor"])
@pytest.mark.parametrize("tonic", range(NOTES))
def test_every_key_is_told(tonic: int, minor: bool) -> None:
    found = key(piece(tonic, minor))
    assert (found.tonic, found.minor) == (tonic, minor)
    assert found.confidence > 0.3


@pytest.mark.parametrize("cents", [-45.0, -20.0, 33.0])
def test_out_of_tune_it_is_the_same_key(cents: float) -> None:
    found = key(piece(9, True, cents))
    assert (found.tonic, found.minor) == (9, True)
    assert found.tuning_cents == pytest.approx(cents, abs=3.0)


def test_drums_do_not_drown_it() -> None:
    found = key(piece(4, False) + np.float32(0.5) * drums(120.0, SECONDS))
    assert (found.tonic, found.minor) == (4, False)


def test_where_no_note_sounds_nothing_is_claimed() -> None:
    assert key(silence(SAMPLE_RATE)) == Key(0, False, 0.0, 0.0)


def test_evidence_turns_with_the_music_and_forgets_its_level() -> None:
    notes = np.abs(np.random.default_rng(0).standard_normal((120, NOTES)))
    turned = evidence(np.roll(3.0 * notes, 5, axis=1))
    assert turned == pytest.approx(np.roll(evidence(notes), 5, axis=1))
    assert np.linalg.norm(turned, axis=1) == pytest.approx([1.0, 1.0])
