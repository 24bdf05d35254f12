"""One look at a folder."""

import os
from pathlib import Path

import pytest

from server.catalogue.media_scan import Found, found, scan


def names(folder: Path) -> list[str]:
    result = scan(folder)
    assert result is not None
    return sorted(os.path.relpath(path, folder) for path in result.files)


def test_finds_sound_files_wherever_they_lie(tmp_path: Path) -> None:
    (tmp_path / "a" / "b").mkdir(parents=True)
    for name in ("x.mp3", "a/X.FLAC", "a/b/y.Opus", "a/b/z.m4a", "with space.wav", "dots.in.name.ogg"):
        (tmp_path / name).write_bytes(b"1")
    assert names(tmp_path) == sorted(["x.mp3", "a/X.FLAC", "a/b/y.Opus", "a/b/z.m4a", "with space.wav", "dots.in.name.ogg"])


def test_passes_over_what_is_hidden_or_no_sound(tmp_path: Path) -> None:
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "folder.mp3").mkdir()
    for name in (".hidden/x.mp3", ".x.mp3", "._x.mp3", "cover.jpg", "mp3", "x.mp3.part", "list.m3u8", "noending"):
        (tmp_path / name).write_bytes(b"1")
    assert names(tmp_path) == []


def test_a_missing_folder_is_not_an_empty_one(tmp_path: Path) -> None:
    assert scan(tmp_path / "missing") is None
    (tmp_path / "file").write_bytes(b"")
    assert scan(tmp_path / "file") is None
    assert names(tmp_path) == []


def test_links_to_folders_are_set_aside_and_not_followed(tmp_path: Path) -> None:
    media, elsewhere = tmp_path / "media", tmp_path / "elsewhere"
    media.mkdir()
    elsewhere.mkdir()
    (elsewhere / "x.mp3").write_bytes(b"1")
    (media / "link").symlink_to(elsewhere)
    (media / "loop").symlink_to(media)
    result = scan(media)
    assert result is not None
    assert result.files == {}
    assert sorted(result.set_aside) == [str(media / "link"), str(media / "loop")]


def test_a_name_that_cannot_be_written_down_is_set_aside(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.mp3")).write_bytes(b"1")
    except OSError:
        pytest.skip("this file system takes only UTF-8")
    result = scan(tmp_path)
    assert result is not None
    assert result.files == {}
    [(path, reason)] = result.set_aside.items()
    assert path.encode().endswith(b"\\udcff.mp3")
    assert "rename" in reason


def test_stamps_are_those_of_what_a_link_leads_to(tmp_path: Path) -> None:
    (tmp_path / "x.mp3").write_bytes(b"12345")
    (tmp_path / "link.mp3").symlink_to("x.mp3")
    (tmp_path / "nowhere.mp3").symlink_to("missing")
    assert found(str(tmp_path / "link.mp3")).size == 5
    assert found(str(tmp_path / "nowhere.mp3")) == Found(str(tmp_path / "nowhere.mp3"), 0, 0.0)
