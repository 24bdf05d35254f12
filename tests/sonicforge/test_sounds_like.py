from pathlib import Path

import numpy as np
import pytest

from sonicforge.sounds_like import SoundsLike


def test_the_last_ones_are_remembered_over_a_restart_and_no_more(tmp_path: Path) -> None:
    file = tmp_path / "vectors"
    for number in range(5):
        SoundsLike(file, 3).note(f"{number}", np.array([number, 1.0], np.float32))
    assert [vector[0] for vector in SoundsLike(file, 3).vectors()] == [2.0, 3.0, 4.0]
    assert [vector[0] for vector in SoundsLike(file, 3).vectors(but="3")] == [2.0, 4.0]


def test_a_take_that_is_made_again_is_there_once(tmp_path: Path) -> None:
    kept = SoundsLike(tmp_path / "vectors", 3)
    for value in (1.0, 2.0):
        kept.note("same", np.array([value], np.float32))
    assert [vector[0] for vector in kept.vectors()] == [2.0]


@pytest.mark.parametrize("damage", [b"", b"\xc1", b"\x91\x92\xa1a\x01"])
def test_a_damaged_file_counts_as_forgotten(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "vectors"
    file.write_bytes(damage)
    kept = SoundsLike(file, 3)
    assert kept.vectors() == []
    kept.note("one", np.array([0.5], np.float32))
    assert len(kept.vectors()) == 1


def test_what_nobody_has_heard_is_not_noted(tmp_path: Path) -> None:
    SoundsLike(tmp_path / "vectors", 3).note("one", np.zeros(0, np.float32))
    assert not (tmp_path / "vectors").exists()
