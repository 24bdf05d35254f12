"""Prepared tracks on disk."""

import os
import tempfile
from io import FileIO
from pathlib import Path

import numpy as np
import pytest
from numpy.random import default_rng

from dsp.block import Samples
from server.intake.prepared import HEADER_BYTES, Spool, SpoolError, load, seal, spooled_bytes


def noise(frames: int) -> Samples:
    return default_rng(frames).standard_normal((2, frames)).astype(np.float32)


@pytest.mark.parametrize("frames", [1, 959, 262_144, 1_000_003])
def test_a_track_comes_back_as_it_went_in(tmp_path: Path, frames: int) -> None:
    samples = noise(frames)
    path = tmp_path / "track.npy"
    with FileIO(path, "w+") as left, tempfile.TemporaryFile() as right:
        spool = Spool(left.fileno(), right.fileno())
        for start in range(0, frames, 24_000):
            spool.write(samples[:, start : start + 24_000].copy())
        spool.finish()
        assert spool.frames == frames
        seal(left, spool.frames)
    loaded = load(path)
    assert np.array_equal(loaded, samples)
    assert loaded.flags.c_contiguous
    assert path.stat().st_size == spooled_bytes(frames)


def test_frames_can_be_counted_without_writing() -> None:
    spool = Spool(-1, -1)
    spool.write(noise(100))
    spool.write(noise(20))
    spool.finish()
    assert spool.frames == 120


@pytest.mark.parametrize("size", [0, HEADER_BYTES, spooled_bytes(10) - 1, spooled_bytes(10) + 1])
def test_a_length_that_is_not_what_was_said_is_not_sealed(tmp_path: Path, size: int) -> None:
    with FileIO(tmp_path / "track.npy", "w+") as file:
        os.truncate(file.fileno(), size)
        with pytest.raises(ValueError, match="instead of"):
            seal(file, 10)
        assert file.read(6) != b"\x93NUMPY"


def test_a_full_disk_is_not_the_files_fault() -> None:
    with open("/dev/full", "wb", buffering=0) as full:  # noqa: PTH123 (not a file of ours)
        spool = Spool(full.fileno(), full.fileno())
        with pytest.raises(SpoolError, match="No space left"):
            spool.write(noise(1000))


def test_what_is_no_prepared_track_is_not_loaded(tmp_path: Path) -> None:
    path = tmp_path / "track.npy"
    for wrong in (np.zeros((2, 10)), np.zeros((3, 10), np.float32), np.zeros(10, np.float32)):
        np.save(path, wrong)
        with pytest.raises(ValueError, match="not a prepared track"):
            load(path)
    path.write_bytes(b"")
    with pytest.raises((ValueError, EOFError)):
        load(path)
