"""A folder of JSON sidecars of one kind, mirrored in memory.

Knows files, stamps and types; not what a sidecar means. Writers rename whole files into the folder, so the folder's own mtime tells
whether anything changed: then only the files with a new stamp are read. A sidecar that is broken is skipped, counted and named once
in the log until it changes.
"""

import os
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import structlog
from msgspec import DecodeError, ValidationError
from msgspec.json import Decoder, Encoder
from msgspec.json import format as pretty

from server.atomic_file import write_atomically

T = TypeVar("T")
_Stamp: TypeAlias = tuple[int, int, int]
_log = structlog.get_logger(__name__)


class Sidecars(Generic[T]):
    """The values of one folder by file stem."""

    def __init__(
        self, folder: Path, kind: type[T], check: Callable[[str, T], None], lighten: Callable[[T], T] = lambda value: value
    ) -> None:
        """`check(stem, value)` raises ValueError for a value that is well-formed and still not fit. `lighten`: what is kept of one read."""
        self.values: Mapping[str, T] = {}
        """A snapshot: never changed, only replaced. Any thread may read it."""
        self.broken_total = 0
        self._folder = folder
        self._check = check
        self._lighten = lighten
        self._decoder = Decoder(kind)
        self._encoder = Encoder()
        self._stamps: dict[str, _Stamp] = {}
        self._folder_mtime = -1
        self._settled = False
        self._writing = threading.Lock()

    def refresh(self) -> bool:
        """Takes in what others wrote; True if anything changed. Blocks on the disk, raises nothing."""
        with self._writing:
            mtime = self._mtime()
            if mtime == self._folder_mtime and self._settled:
                return False
            # Two writes within one step of the file system's clock leave one mtime: it counts only when it was seen twice.
            self._settled = mtime == self._folder_mtime
            self._folder_mtime = mtime
            return self._scan()

    def put(self, stem: str, value: T) -> None:
        """Writes a sidecar. Raises OSError."""
        path = self._folder / f"{stem}.json"
        with self._writing:
            write_atomically(path, pretty(self._encoder.encode(value), indent=1))
            self._stamps[stem] = _stamp(path.stat())
            self.values = {**self.values, stem: value}

    def remove(self, stem: str) -> None:
        """Removes a sidecar, if it is there. Raises OSError."""
        with self._writing:
            (self._folder / f"{stem}.json").unlink(missing_ok=True)
            self._stamps.pop(stem, None)
            self.values = {key: value for key, value in self.values.items() if key != stem}

    def _mtime(self) -> int:
        try:
            return self._folder.stat().st_mtime_ns
        except OSError:
            return 0

    def _scan(self) -> bool:
        stamps = self._stamps_now()
        changed = [stem for stem, stamp in stamps.items() if self._stamps.get(stem) != stamp]
        gone = self._stamps.keys() - stamps.keys()
        self._stamps = stamps
        if not changed and not gone:
            return False
        values = {stem: value for stem, value in self.values.items() if stem not in gone}
        for stem in changed:
            value = self._read(stem)
            if value is None:
                values.pop(stem, None)
            else:
                values[stem] = value
        self.values = values
        return True

    def _stamps_now(self) -> dict[str, _Stamp]:
        stamps: dict[str, _Stamp] = {}
        with suppress(FileNotFoundError, NotADirectoryError), os.scandir(self._folder) as files:
            for file in files:
                if file.name.endswith(".json") and not file.name.startswith("."):
                    with suppress(OSError):  # gone since it was listed
                        stamps[file.name.removesuffix(".json")] = _stamp(file.stat())
        return stamps

    def _read(self, stem: str) -> T | None:
        path = self._folder / f"{stem}.json"
        try:
            value = self._decoder.decode(path.read_bytes())
            self._check(stem, value)
            value = self._lighten(value)
        except FileNotFoundError:
            return None
        except (OSError, DecodeError, ValidationError, ValueError) as error:
            self.broken_total += 1
            _log.warning("a sidecar is broken and skipped", file=str(path), error=str(error))
            return None
        return value


def _stamp(stat: os.stat_result) -> _Stamp:
    return stat.st_mtime_ns, stat.st_size, stat.st_ino
