"""What is known of the media folder from earlier looks, so that a restart, a rename or a disk that comes back costs no decoding.

Owns one JSON file in the state folder: for each accepted file its stamps and its track, as its own tags have it. It is a memory, not
the truth: lost, it is made again by looking at every file.
"""

from pathlib import Path
from typing import Final

import msgspec
import structlog
from msgspec import Struct
from msgspec.structs import replace

from server.atomic_file import write_atomically
from server.catalogue.media_scan import Found
from server.track import Track

_log = structlog.get_logger(__name__)

REMEMBERED_SECONDS: Final = 30 * 86_400.0
"""How long a vanished file is remembered."""


class Known(Struct, frozen=True):
    """An accepted file."""

    size: int
    mtime: float
    track: Track
    """Title and artist are empty where the file's tags are."""
    gone_at: float = 0.0
    """UNIX seconds at which it was first missing; 0: it is there."""

    def is_still(self, file: Found) -> bool:
        """Whether the stamps are the same."""
        return (self.size, self.mtime) == (file.size, file.mtime)


class MediaIndex:
    """Accepted files by path."""

    def __init__(self, path: Path) -> None:
        """Reads what is there; what cannot be read is forgotten."""
        self._path = path
        self._known = _read(path)
        self._by_content = {known.track.id: known.track for known in self._known.values()}
        self._saved = True

    def at(self, path: str) -> Known | None:
        """What is known of `path`, there or gone."""
        return self._known.get(path)

    def of_content(self, track_id: str) -> Track | None:
        """The track of that content, under whatever name it was met."""
        return self._by_content.get(track_id)

    def holds(self, path: str, track_id: str) -> bool:
        """Whether `path` is there and has that content."""
        known = self._known.get(path)
        return known is not None and not known.gone_at and known.track.id == track_id

    def there(self) -> dict[str, Known]:
        """The files that were there at the last look, by path."""
        return {path: known for path, known in self._known.items() if not known.gone_at}

    def keep(self, file: Found, track: Track) -> None:
        """Remembers an accepted file."""
        self._put(file.path, Known(file.size, file.mtime, track))

    def compare(self, files: dict[str, Found], now: float) -> set[str]:
        """Takes note of what is gone and what came back; forgets what has changed, and returns those paths. `now` in UNIX seconds."""
        changed: set[str] = set()
        for path, known in list(self._known.items()):
            file = files.get(path)
            if file is not None and not known.is_still(file):
                self.forget(path)
                changed.add(path)
            elif file is not None and known.gone_at:
                self._put(path, replace(known, gone_at=0.0))
            elif file is None and not known.gone_at:
                self._put(path, replace(known, gone_at=now))
            elif file is None and now - known.gone_at > REMEMBERED_SECONDS:
                self.forget(path)
        return changed

    def forget(self, path: str) -> None:
        """Forgets what is known of `path`."""
        if self._known.pop(path, None) is not None:
            self._saved = False

    def save(self) -> None:
        """Writes what has changed. Raises OSError."""
        if not self._saved:
            write_atomically(self._path, msgspec.json.encode(self._known), durable=False)
            self._saved = True

    def _put(self, path: str, known: Known) -> None:
        self._known[path] = known
        self._by_content[known.track.id] = known.track
        self._saved = False


def _read(path: Path) -> dict[str, Known]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, Known])
    except FileNotFoundError:
        return {}
    except (OSError, msgspec.MsgspecError) as error:
        _log.warning("media: the index cannot be read; every file is looked at again", file=str(path), error=str(error))
        return {}
