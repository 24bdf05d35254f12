"""The referee of fingerprints: that its copies are what they are called, and that a bad fingerprint is found out."""

import numpy as np
import pytest

from benchmarks import sound_fingerprint
from benchmarks.sound_fingerprint import APART, COPIES, FOUND, MISSED
from dsp.block import frames_of
from dsp.fingerprint import RELATED
from tests.dsp.sounds import music, rms_db


def prints(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 2**32, 500, np.uint32)


def test_copies_are_what_they_are_called() -> None:
    sound = music(12.0)
    made = {name: copy(sound) for name, copy in COPIES.items()}
    assert rms_db(made["9 dB quieter"]) == pytest.approx(rms_db(sound) - 9.0, abs=0.01)
    assert (made["7 s cut off"] == sound[:, frames_of(7.0) :]).all()
    for name in ("mp3 64k", "opus 64k"):
        assert rms_db(made[name]) == pytest.approx(rms_db(sound), abs=1.0)
        assert made[name].shape[1] == pytest.approx(sound.shape[1], abs=8192)
        assert np.abs(made[name][:, :480_000] - sound[:, :480_000]).max() > 1e-3, "it was coded"


def test_copies_that_are_found_hold_and_those_that_are_not_do_not() -> None:
    originals = [prints(seed) for seed in range(6)]
    copies = {name: list(originals) for name in COPIES}
    made = {row.name: row for row in sound_fingerprint.copy_rows(originals, copies)}
    assert all(row.holds for row in made.values())
    copies["opus 64k"] = [*originals[:5], prints(99)]
    made = {row.name: row for row in sound_fingerprint.copy_rows(originals, copies)}
    assert made[MISSED.name].value == 1
    assert not made[FOUND["opus 64k"].name].holds
    assert made[FOUND["mp3 64k"].name].holds


def test_two_recordings_with_one_fingerprint_are_a_false_match() -> None:
    assert sound_fingerprint.different_row([prints(1), prints(2), prints(3)]).holds
    row = sound_fingerprint.different_row([prints(1), prints(2), prints(1)])
    assert not row.holds
    assert row.value == 1.0
    assert row.name == APART.name
    assert f"{RELATED:g}" in row.limit
