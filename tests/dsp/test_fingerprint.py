"""Fingerprints compared: copies, shifted and damaged, against strangers."""

import numpy as np
import pytest

from dsp.fingerprint import RELATED, SAME, Fingerprint, indexed, likeness, sought


def stranger(seed: int, values: int = 900) -> Fingerprint:
    return np.random.default_rng(seed).integers(0, 2**32, values, np.uint32)


def damaged(fingerprint: Fingerprint, share: float, seed: int = 9) -> Fingerprint:
    """With that share of its bits turned over."""
    flips = np.random.default_rng(seed).random((fingerprint.size, 32)) < share
    return fingerprint ^ (flips @ (1 << np.arange(32, dtype=np.uint64))).astype(np.uint32)


def test_a_fingerprint_is_like_itself_and_like_no_stranger() -> None:
    assert likeness(stranger(1), stranger(1)) == 1.0
    assert max(likeness(stranger(1), stranger(seed)) for seed in range(2, 12)) < RELATED / 2


@pytest.mark.parametrize("shift", [0, 1, 56, 300])
def test_a_copy_is_found_wherever_it_begins(shift: int) -> None:
    ours = stranger(1)
    assert likeness(ours, ours[shift:]) == likeness(ours[shift:], ours) == 1.0


def test_damage_counts_in_proportion() -> None:
    ours = stranger(1)
    assert likeness(ours, damaged(ours, 0.1)) == pytest.approx(0.8, abs=0.02)
    assert likeness(ours, damaged(ours, 0.05)) > SAME


def test_too_little_proves_nothing() -> None:
    assert likeness(stranger(1, 40), stranger(1, 40)) == 0.0
    assert likeness(stranger(1, 0), stranger(1)) == 0.0


def test_the_index_finds_a_copy_and_holds_no_silence() -> None:
    ours = stranger(1)
    ours[100:200] = 627_964_279
    held, asked = indexed(ours), sought(damaged(ours, 0.02))
    assert held.dtype == asked.dtype == np.int32
    assert asked.size <= 120
    assert 627_964_279 >> 4 not in held
    assert np.intersect1d(held, asked).size > 30
    assert np.intersect1d(indexed(stranger(2)), asked).size == 0
    assert sought(stranger(3, 10)).size == 10
    assert sought(np.full(50, 627_964_279, np.uint32)).size == 0
