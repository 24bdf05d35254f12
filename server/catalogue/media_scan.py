"""One look at the media folder: which sound files lie in it, by their names and stamps alone.

Owns what is worth a closer look, and what is set aside at once. It opens nothing and follows no link to a folder. Blocks on the disk.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import structlog

_log = structlog.get_logger(__name__)

ENDINGS: Final = frozenset({".mp3", ".flac", ".ogg", ".oga", ".opus", ".wav", ".wave", ".m4a", ".aac", ".aif", ".aiff"})
_LINKED: Final = "It is a link to a folder, and those are not followed: mount that folder here, or make it the media folder."
_NO_TEXT: Final = "Its name is not valid UTF-8: rename it."


@dataclass(frozen=True, slots=True)
class Found:
    """A file and its stamps, which change when it does. Of a link, those of what it leads to; of one that leads nowhere, zeros."""

    path: str
    size: int
    mtime: float


@dataclass(slots=True)
class Scan:
    """What a look found."""

    files: dict[str, Found] = field(default_factory=dict)
    """By path."""
    set_aside: dict[str, str] = field(default_factory=dict)
    """Reasons by path, as it can be written down."""


def scan(folder: Path) -> Scan | None:
    """Looks through the folder; None if it is missing or closed. Hidden names and unknown endings are passed over."""
    if not (folder.is_dir() and os.access(folder, os.R_OK | os.X_OK)):
        return None
    result = Scan()
    for parent, folders, names in os.walk(folder, onerror=lambda error: _log.warning("media: a folder cannot be read", error=str(error))):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for path in (f"{parent}/{name}" for name in folders):
            if Path(path).is_symlink():
                result.set_aside[_printable(path)] = _LINKED
        for path in (f"{parent}/{name}" for name in sorted(names) if _is_sound(name)):
            if path == _printable(path):
                result.files[path] = found(path)
            else:
                result.set_aside[_printable(path)] = _NO_TEXT
    return result


def found(path: str) -> Found:
    """The stamps of `path` now."""
    try:
        status = Path(path).stat()
    except OSError:
        return Found(path, 0, 0.0)
    return Found(path, status.st_size, status.st_mtime)


def _is_sound(name: str) -> bool:
    return not name.startswith(".") and name[name.rfind(".") :].lower() in ENDINGS


def _printable(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()
