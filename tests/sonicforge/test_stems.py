"""`sonicforge stems`: what it says where it cannot be."""

from pathlib import Path

import pytest

from sonicforge.cli.stems import run


def test_without_weights_it_says_which_folder_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "config.toml").touch()
    (tmp_path / "song.flac").touch()
    assert run(tmp_path / "song.flac", tmp_path / "out", tmp_path / "demucs", "htdemucs", tmp_path / "config.toml") == 1
    said = capsys.readouterr()
    assert str(tmp_path / "demucs") in said.err
    assert said.out == ""
    assert not (tmp_path / "out").exists()
