"""The sealed file of a station's targets, as its pusher reads it: looked at often, opened only when it has changed."""

from collections.abc import Iterable
from pathlib import Path

from server.rtmp.sealed import unseal
from server.rtmp.target import Target


class TargetsFile:
    """One station's."""

    def __init__(self, path: Path, secrets: Iterable[bytes], station: str) -> None:
        """`secrets`: the house's `stream_keys`, newest first."""
        self._path = path
        self._secrets = tuple(secrets)
        self._station = station
        self._seen: tuple[int, int, int] | None = (0, 0, 0)

    def changed(self) -> tuple[Target, ...] | None:
        """The targets, if the file is another one than when it was last looked at; none of them where there is no file.

        Raises SealBroken and OSError, once for each change.
        """
        seen = self._look()
        if seen == self._seen:
            return None
        self._seen = seen
        if seen is None:
            return ()
        return unseal(self._path.read_bytes(), self._secrets, self._station)

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_ino, found.st_size
