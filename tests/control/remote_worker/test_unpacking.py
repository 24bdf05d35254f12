"""A worker's FLAC in the sandbox."""

from pathlib import Path

import numpy as np
import pytest

from control.remote_worker.packing import pack
from control.remote_worker.unpacking import FlacUnpacker
from generation.remote.errors import Untrue
from generation.remote.shapes import Format
from tests.generation.remote.far_worker import hum

pytestmark = pytest.mark.real


def test_it_is_the_sound_that_was_packed(tmp_path: Path) -> None:
    samples = hum(3.0)
    opened = FlacUnpacker(tmp_path)(pack(samples, Format.FLAC))
    assert opened.shape == samples.shape
    assert np.abs(opened - samples).max() < 2.0**-22
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("fault", [b"", b"fLaC", b"not at all" * 100])
def test_what_is_no_sound_is_untrue(tmp_path: Path, fault: bytes) -> None:
    with pytest.raises(Untrue, match="cannot be opened"):
        FlacUnpacker(tmp_path)(fault)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_cut_is_shorter_than_it_said(tmp_path: Path) -> None:
    packed = pack(hum(3.0), Format.FLAC)
    try:
        opened = FlacUnpacker(tmp_path)(packed[: len(packed) // 2])
    except Untrue:
        return
    assert opened.shape[1] < 2 * 48_000
