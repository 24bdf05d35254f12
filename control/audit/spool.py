"""Where entries wait while the database is away: a file, and a little memory for when the disk refuses too.

All processes of the house share the folder. Adding and taking hold a lock for the length of one system call or two; what was taken lies in
a file of its own until it is in the database, so a process that dies in between loses nothing, and an entry that is taken twice is
recognised by its id. Beyond the bound new entries are dropped, counted and told: the oldest are the ones that explain what began.
"""

import fcntl
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from uuid import uuid4

import msgspec
import structlog

from control.audit.entry import Entry

_log = structlog.get_logger(__name__)
LARGEST_BYTES: Final = 16 * 1024 * 1024
MOST_HELD: Final = 1_000
WAITING: Final = "waiting.jsonl"
TAKEN: Final = "taken.*.jsonl"
_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Entry)


class Spool:
    """Blocks on the disk: call it in a thread."""

    def __init__(self, folder: Path, largest_bytes: int = LARGEST_BYTES) -> None:
        self._folder = folder
        self._largest_bytes = largest_bytes
        self._held: deque[Entry] = deque()
        self.lost = 0
        """Entries that found no room since the process began."""

    @property
    def empty(self) -> bool:
        return not self._held and not (self._folder / WAITING).exists() and next(self._folder.glob(TAKEN), None) is None

    def add(self, entry: Entry) -> None:
        """Keeps an entry; one that finds no room is counted in `lost` and said in the log."""
        line = _encoder.encode(entry) + b"\n"
        try:
            with self._locked():
                waiting = self._folder / WAITING
                if waiting.exists() and waiting.stat().st_size + len(line) > self._largest_bytes:
                    return self._drop(entry, "the spool is full")
                descriptor = os.open(waiting, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
                with os.fdopen(descriptor, "ab") as file:
                    file.write(line)
                    file.flush()
                    os.fsync(descriptor)
        except OSError as error:
            if len(self._held) >= MOST_HELD:
                return self._drop(entry, str(error))
            self._held.append(entry)
        return None

    def take(self) -> list[tuple[Path | None, list[Entry]]]:
        """Everything that waits, file by file (None: memory). Hand each back to `done` once it is in the database.

        Raises OSError if there is nothing but a disk that cannot be read."""
        batches: list[tuple[Path | None, list[Entry]]] = []
        if self._held:
            batches.append((None, list(self._held)))
        try:
            with self._locked():
                waiting = self._folder / WAITING
                if waiting.exists():
                    waiting.rename(self._folder / f"taken.{uuid4().hex}.jsonl")
                batches += [(path, _read(path)) for path in sorted(self._folder.glob(TAKEN))]
        except OSError:
            if not batches:
                raise
        return batches

    def done(self, path: Path | None, entries: list[Entry]) -> None:
        """Forgets a batch of `take`."""
        if path is not None:
            path.unlink(missing_ok=True)
            return
        for _ in entries:
            self._held.popleft()

    def _drop(self, entry: Entry, reason: str) -> None:
        self.lost += 1
        _log.error("audit entry lost", event_name=entry.event, subject=entry.subject, actor=str(entry.actor_id), reason=reason)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)


def _read(path: Path) -> list[Entry]:
    """The entries of a file; a line that a power cut left half is passed over."""
    entries = []
    try:
        lines = path.read_bytes().splitlines()
    except FileNotFoundError:  # another process finished it
        return []
    for line in lines:
        try:
            entries.append(_decoder.decode(line))
        except msgspec.DecodeError:
            _log.warning("an unreadable audit entry was passed over", file=path.name)
    return entries
