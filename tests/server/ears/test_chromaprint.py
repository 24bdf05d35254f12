"""Fingerprints of real sound, by the library of this machine."""

import pytest

from dsp.block import silence
from dsp.fingerprint import SAME, likeness
from server.ears import chromaprint
from tests.dsp.sounds import music


@pytest.fixture(autouse=True)
def _library() -> None:
    if not chromaprint.available():
        pytest.fail(chromaprint.ADVICE)


@pytest.mark.real
def test_a_quieter_copy_that_begins_later_is_the_same_recording() -> None:
    ours = chromaprint.fingerprint(music(40.0, 1))
    copy = chromaprint.fingerprint(music(40.0, 1)[:, 96_000:] * 0.25)
    other = chromaprint.fingerprint(music(40.0, 2))
    assert ours is not None
    assert copy is not None
    assert other is not None
    assert likeness(ours, copy) >= SAME > likeness(ours, other)


def test_it_begins_at_the_cue() -> None:
    late = chromaprint.fingerprint(music(30.0, 1), 48_000 * 5)
    cut = chromaprint.fingerprint(music(30.0, 1)[:, 48_000 * 5 :])
    assert late is not None
    assert cut is not None
    assert (late == cut).all()


def test_a_blink_has_none() -> None:
    assert chromaprint.fingerprint(silence(0)) is None
    assert chromaprint.fingerprint(music(10.0)[:, :4800]) is None
