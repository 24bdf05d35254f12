"""The programs that tests use as listeners and referees. One that is missing fails the test with what to install."""

import shutil

import pytest

PACKAGES = {
    "ffmpeg": "ffmpeg",
    "ffprobe": "ffmpeg",
    "mpv": "mpv",
    "cvlc": "vlc-bin vlc-plugin-base",
    "chromium": "chromium",
    "espeak-ng": "espeak-ng",
    "sox": "sox",
    "liquidsoap": "liquidsoap",
    "faketime": "faketime",
    "nginx": "nginx libnginx-mod-rtmp",
}


def program(name: str) -> str:
    """The path of an installed program."""
    path = shutil.which(name)
    if path is None:
        pytest.fail(f"{name} is not installed: apt-get install {PACKAGES.get(name, name)}")
    return path
