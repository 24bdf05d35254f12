"""A reel: one recording as it is written, an Ogg Opus file with its cue sheet and a note of what it is.

Whatever ends the process, what was written can be played: every page stands for itself, and sheet and note are renewed with every
title. It blocks on the disk, so it is written on a thread that nobody waits for.
"""

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from dsp.block import seconds_of
from server.atomic_file import write_atomically
from server.icy.ogg import LAST
from server.icy.opus import OneStream
from server.recording.cue_sheet import Mark, cue_sheet
from server.wire.wire import Rendition

MOST_PACKETS_A_PAGE: Final = 25
"""Half a second: what a reader who comes to the end of an unfinished file may miss."""


@dataclass(frozen=True, slots=True)
class Label:
    """What is on a reel."""

    kind: str
    """programme or show."""
    station: str
    began_at: float
    """UNIX seconds of its first sample."""
    dj: str = ""

    @property
    def name(self) -> str:
        """Of the files: the second at which it begins, in UTC."""
        return datetime.fromtimestamp(self.began_at, UTC).strftime("%Y-%m-%dT%H%M%SZ")

    @property
    def title(self) -> str:
        when = datetime.fromtimestamp(self.began_at, UTC).strftime("%d %B %Y, %H:%M UTC")
        return f"{self.dj}, {when}" if self.dj else when


class Reel:
    """One recording."""

    def __init__(self, folder: Path, label: Label, rendition: Rendition, position: int) -> None:
        """Begins at `position` in a new file of `folder`. Raises OSError."""
        folder.mkdir(parents=True, exist_ok=True)
        self._label = label
        self._path = _free(folder, label.name)
        self._frames = rendition.packet_frames
        self._first = position
        self._stream = OneStream(rendition.header, rendition.packet_frames, {"TITLE": label.title, "ARTIST": label.station})
        self._marks: list[Mark] = []
        self._file = self._path.open("xb")
        self._file.write(self._stream.head)
        self.end = position
        """The position that must come next."""

    def add(self, packets: list[bytes]) -> None:
        """The packets that follow. Raises OSError."""
        for start in range(0, len(packets), MOST_PACKETS_A_PAGE):
            self._file.write(self._stream.page(packets[start : start + MOST_PACKETS_A_PAGE]))
        self.end += len(packets) * self._frames

    def mark(self, title: str, artist: str) -> None:
        """From here on this title is heard. Raises OSError."""
        mark = Mark(self.end - self._first, title, artist)
        if self._marks and (self._marks[-1].title, self._marks[-1].artist) == (title, artist):
            return
        self._marks.append(mark)
        self.save()

    def save(self) -> None:
        """Everything so far is in the files. Raises OSError."""
        self._file.flush()
        label, name = self._label, self._path.name
        sheet = cue_sheet(name, label.title, label.station, self._marks)
        write_atomically(self._path.with_suffix(".cue"), sheet.encode(), durable=False)
        note = {"kind": label.kind, "dj": label.dj, "began_at": label.began_at, "seconds": round(seconds_of(self.end - self._first), 2)}
        write_atomically(self._path.with_suffix(".json"), json.dumps(note).encode(), durable=False)

    def close(self) -> None:
        """Ends the stream and the file; one without sound leaves nothing. Raises OSError."""
        if self.end == self._first:
            self._file.close()
            for suffix in (".opus", ".cue", ".json"):
                self._path.with_suffix(suffix).unlink(missing_ok=True)
            return
        self._file.write(self._stream.page([], LAST))
        self.save()
        self._file.close()


def _free(folder: Path, name: str) -> Path:
    """A file that is not there yet: two recordings may begin in one second."""
    path, number = folder / f"{name}.opus", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}.opus"
    return path


def written_until(folders: Iterable[Path]) -> float:
    """UNIX seconds up to which the newest of all reels goes, as far as its note knows; 0 if there is none."""
    ends = [0.0]
    for folder in folders:
        for note in sorted(folder.glob("*.json"))[-1:]:
            with suppress(OSError, ValueError, KeyError):
                told = json.loads(note.read_bytes())
                ends.append(float(told["began_at"]) + float(told["seconds"]))
    return max(ends)
