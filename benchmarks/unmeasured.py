"""Why a bar could not be measured, and the programs that measuring needs."""

import shutil
import sys
from typing import Final

PACKAGES: Final = {
    "chromium": "chromium",
    "ffmpeg": "ffmpeg",
    "icecast2": "icecast2",
    "janus": "janus",
    "liquidsoap": "liquidsoap",
    "nginx": "nginx libnginx-mod-rtmp",
}


class Unmeasured(Exception):
    """The text says what was in the way and what to do about it."""


def program(name: str) -> str:
    """The path of an installed program; raises Unmeasured with the package to install."""
    path = shutil.which(name)
    if path is None:
        raise Unmeasured(f"{name} is not installed: apt-get install {PACKAGES.get(name, name)}")
    return path


def progress(text: str) -> None:
    """Says on standard error what is being done; standard output belongs to the rows."""
    print(f"  .. {text}", file=sys.stderr, flush=True)
