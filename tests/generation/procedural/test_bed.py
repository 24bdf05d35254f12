import time
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest

from dsp.block import SAMPLE_RATE
from dsp.loudness import hop_energies, lufs, measure_loudness
from dsp.true_peak import true_peak_dbtp
from generation.procedural.bed import BED_FRAMES, bed

LOOP = bed()


def test_plays_round_without_a_seam() -> None:
    """The step from the end to the start is one like all others, and so is the spectrum across it."""
    steps = np.abs(np.diff(LOOP, axis=1))
    seam = np.abs(LOOP[:, 0] - LOOP[:, -1])
    assert np.all(seam <= np.quantile(steps, 0.9999, axis=1))
    bend = np.abs(np.diff(np.concatenate([LOOP[:, -480:], LOOP[:, :480]], axis=1), 4)).max(axis=1)
    assert np.all(bend <= np.abs(np.diff(LOOP, 4)).max(axis=1))
    across = np.concatenate([LOOP[:, -SAMPLE_RATE // 2 :], LOOP[:, : SAMPLE_RATE // 2]], axis=1)
    window = np.hanning(SAMPLE_RATE)
    top = [float((np.abs(np.fft.rfft(part * window)[:, 12_000:]) ** 2).sum()) for part in (across, LOOP[:, :SAMPLE_RATE])]
    assert top[0] < 3.0 * top[1] + 1e-9


def test_is_of_its_length_and_level() -> None:
    assert LOOP.shape == (2, BED_FRAMES)
    assert pytest.approx(46.08) == BED_FRAMES / SAMPLE_RATE
    assert LOOP.dtype == np.float32
    assert measure_loudness(LOOP).integrated_lufs == pytest.approx(-18.0, abs=1.5)
    assert true_peak_dbtp(LOOP) <= -3.0
    assert 0.5 < np.corrcoef(LOOP)[0, 1] < 0.95


def test_is_calm_but_alive() -> None:
    """It breathes by a few LU, never pauses, and its chords change."""
    loudness = lufs(hop_energies(LOOP).reshape(-1, 128).mean(axis=1))
    assert 1.0 < loudness.max() - loudness.min() < 16.0
    assert loudness.min() > -32.0
    quarters = [
        np.abs(np.fft.rfft(LOOP.mean(axis=0)[start : start + 8 * SAMPLE_RATE]))[: 8 * 2000]
        for start in range(96_000, BED_FRAMES, BED_FRAMES // 4)
    ]
    for one, other in pairwise(quarters):
        assert np.corrcoef(one, other)[0, 1] < 0.9


def test_the_same_seed_makes_the_same_bed(record_property: Callable[[str, object], None]) -> None:
    started = time.process_time()
    again = bed()
    seconds = time.process_time() - started
    record_property("cpu_seconds", round(seconds, 2))
    assert np.array_equal(again, LOOP)
    assert not np.array_equal(bed(1), LOOP)
