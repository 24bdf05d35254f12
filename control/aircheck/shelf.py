"""The shelf of recordings: what server/recording has written into a station's folders, found and named for people.

A name is made of the kind and the file's, so it never is a path: what does not look like a name of ours is not looked for. A recording
that is being made stands here too, as far as it goes.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

FOLDERS: Final = {"programme": "programme", "show": "shows"}
"""Kind -> its folder in the station's."""
NAME: Final = re.compile(r"(programme|show)-([0-9][0-9A-Z-]{0,63})")
MOST_SHOWN: Final = 2_000
SOUND: Final = ".opus"
SHEET: Final = ".cue"
_NOTE: Final = ".json"


class Note(msgspec.Struct, frozen=True):
    """What the recorder noted beside the sound."""

    began_at: float
    """UNIX seconds."""
    seconds: float
    kind: str = ""
    dj: str = ""


@dataclass(frozen=True, slots=True)
class Recording:
    """One on the shelf."""

    name: str
    kind: str
    note: Note
    bytes: int
    has_sheet: bool


_note: Final = msgspec.json.Decoder(Note)


class Shelf:
    """The recordings of all stations. Blocks on the disk: call it in a thread."""

    def __init__(self, folder_of: Callable[[str], Path]) -> None:
        """`folder_of`: station -> its folder."""
        self._folder_of = folder_of

    def everything(self, station: str) -> list[Recording]:
        """The newest first. What cannot be read is not there."""
        found = [
            recording
            for kind, folder in FOLDERS.items()
            for path in (self._folder_of(station) / folder).glob(f"*{SOUND}")
            if (recording := _recording(kind, path)) is not None
        ]
        return sorted(found, key=lambda each: (each.note.began_at, each.kind), reverse=True)[:MOST_SHOWN]

    def file(self, station: str, name: str, suffix: str) -> Path | None:
        """The file of that name, SOUND or SHEET; None if there is none."""
        match = NAME.fullmatch(name)
        if match is None:
            return None
        path = self._folder_of(station) / FOLDERS[match[1]] / f"{match[2]}{suffix}"
        return path if path.is_file() and not path.is_symlink() else None


def _recording(kind: str, path: Path) -> Recording | None:
    name = f"{kind}-{path.stem}"
    if NAME.fullmatch(name) is None:
        return None
    try:
        note = _note.decode(path.with_suffix(_NOTE).read_bytes())
        size = path.stat().st_size
    except (OSError, msgspec.DecodeError):
        return None
    return Recording(name, kind, note, size, path.with_suffix(SHEET).is_file())
