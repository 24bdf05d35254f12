"""Which tracks a station has aired, as a worker knows it: from the engine's history, read again only when it has changed."""

from pathlib import Path

from server.rundown.history import History


class AiredIds:
    """Of one station; used by one thread at a time."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._stamp: tuple[int, int] | None = None
        self._ids: frozenset[str] = frozenset()

    def __call__(self) -> frozenset[str]:
        """All that the history knows of; none where there is no history yet."""
        try:
            found = self._file.stat()
        except OSError:
            return self._ids
        stamp = (found.st_mtime_ns, found.st_size)
        if stamp != self._stamp:
            self._ids, self._stamp = History(self._file).aired_ids(), stamp
        return self._ids
