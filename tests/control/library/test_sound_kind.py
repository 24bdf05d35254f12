"""The first look at an upload."""

import pytest

from control.library.sound_kind import ending_of


@pytest.mark.parametrize(
    ("beginning", "ending"),
    [
        (b"ID3\x04\x00\x00\x00\x00\x00\x00\x00\x00", ".mp3"),
        (b"\xff\xfb\x90\x64" + bytes(8), ".mp3"),
        (b"\xff\xf3\x90\x64" + bytes(8), ".mp3"),
        (b"\xff\xf1\x50\x80" + bytes(8), ".aac"),
        (b"\xff\xf9\x50\x80" + bytes(8), ".aac"),
        (b"fLaC" + bytes(8), ".flac"),
        (b"OggS" + bytes(8), ".ogg"),
        (b"RIFF\x24\x00\x00\x00WAVE", ".wav"),
        (b"FORM\x00\x00\x00\x00AIFF", ".aiff"),
        (b"\x00\x00\x00\x20ftypM4A ", ".m4a"),
    ],
)
def test_sound_is_known_by_its_beginning(beginning: bytes, ending: str) -> None:
    assert ending_of(beginning) == ending


@pytest.mark.parametrize(
    "beginning",
    [
        b"",
        b"\xff",
        b"#EXTM3U\nhttp:",
        b"RIFF\x24\x00\x00\x00AVI ",
        b"<html><body>x",
        b"\x7fELF\x02\x01\x01" + bytes(5),
        b"PK\x03\x04" + bytes(8),
        b"\xff\xd8\xff\xe0" + bytes(8),
        b"\x1aE\xdf\xa3" + bytes(8),
        b"ffconcat ver",
    ],
)
def test_anything_else_is_turned_away(beginning: bytes) -> None:
    assert ending_of(beginning) is None
