"""The play history: every ended airing of the programme, one JSON line each, appended and never changed.

In memory it answers for the rules and the pages; the disk is written by `flush`, off the tick, because a slow disk must not delay a
decision. A crash may tear the last line: it is ignored when read. The file is bounded: past `LONGEST_LINES` its older half goes.
"""

import os
from collections import deque
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Final

import structlog
from msgspec import DecodeError
from msgspec.json import Decoder, Encoder

from server.atomic_file import write_atomically
from server.rundown.separation import Aired
from server.track import Airing

LONGEST_LINES: Final = 20_000
_KEPT_IN_MEMORY: Final = 1_000
_MOST_PENDING: Final = 5_000
_log = structlog.get_logger(__name__)


class History:
    """What has aired on one station."""

    def __init__(self, file: Path) -> None:
        """Reads `file`, if it is there; what cannot be read in it is skipped and counted."""
        self.aired = Aired()
        self.skipped_lines = 0
        self.write_errors_total = 0
        self._file = file
        self._encoder = Encoder()
        self._latest: deque[Airing] = deque(maxlen=_KEPT_IN_MEMORY)
        self._pending: deque[Airing] = deque(maxlen=_MOST_PENDING)
        self._torn = False
        self._lines = self._read()

    def add(self, airing: Airing) -> None:
        """`airing` has ended. Known at once, on the disk after the next flush; what the ears said of it stays in the catalogue."""
        entry = airing.entry
        airing = replace(airing, entry=replace(entry, track=replace(entry.track, hearing=None)))
        self._note(airing)
        self._pending.append(airing)
        if len(self.aired.tracks) > 2 * LONGEST_LINES:
            self.aired.shrink(LONGEST_LINES)

    def recent(self, count: int) -> list[Airing]:
        """The last airings, latest first."""
        return list(islice(reversed(self._latest), count))

    def aired_ids(self) -> frozenset[str]:
        """Every track that the history knows of."""
        return frozenset(self.aired.tracks)

    def flush(self) -> None:
        """Writes what is pending; blocks. A disk that refuses is counted and asked again next time, the airings kept meanwhile."""
        airings = list(self._pending)
        if not airings:
            return
        try:
            self._append(b"".join(self._encoder.encode(airing) + b"\n" for airing in airings))
            self._lines += len(airings)
            for _ in airings:
                self._pending.popleft()
            if self._lines > LONGEST_LINES:
                self._compact()
        except OSError as error:
            self.write_errors_total += 1
            self._torn = True
            if self.write_errors_total == 1:
                _log.warning("the play history cannot be written", file=str(self._file), error=str(error))

    def _note(self, airing: Airing) -> None:
        self._latest.append(airing)
        self.aired.note(airing.entry.track, airing.ends_position)

    def _append(self, lines: bytes) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        with self._file.open("ab") as file:
            # A torn line must not swallow the first line after it.
            file.write(b"\n" + lines if self._torn else lines)
            file.flush()
            os.fsync(file.fileno())
        self._torn = False

    def _compact(self) -> None:
        lines = self._file.read_bytes().splitlines(keepends=True)[-LONGEST_LINES // 2 :]
        write_atomically(self._file, b"".join(lines))
        self._lines = len(lines)

    def _read(self) -> int:
        try:
            data = self._file.read_bytes()
        except FileNotFoundError:
            return 0
        except OSError as error:
            _log.warning("the play history cannot be read", file=str(self._file), error=str(error))
            return 0
        decoder = Decoder(Airing)
        lines = data.splitlines()
        for line in lines:
            if not line:
                continue
            try:
                self._note(decoder.decode(line))
            except (DecodeError, UnicodeDecodeError):
                self.skipped_lines += 1
        self._torn = bool(data) and not data.endswith(b"\n")
        return len(lines)
