"""What stands at a path is whole, or not there."""

from pathlib import Path

import pytest

from server.atomic_file import write_atomically


def test_makes_the_folder_and_replaces_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.json"
    write_atomically(path, b"one")
    write_atomically(path, b"two", durable=False)
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in path.parent.iterdir()] == ["file.json"]


def test_a_failure_leaves_the_old_file_and_nothing_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.mkdir()
    (path / "inside").touch()
    with pytest.raises(OSError, match="irectory"):
        write_atomically(path, b"data")
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
