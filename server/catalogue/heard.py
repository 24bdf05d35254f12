"""What the ears have said of each content, kept by its id beside the sidecars, whether it is a track at the moment or not.

A track that is renamed, that comes back with its disk, or whose sidecar somebody writes anew without knowing of the ears, need not be
heard again. It is a memory: lost, it is made again by hearing. The fingerprint is kept here alone, for nothing that airs needs it.
"""

from dataclasses import replace
from pathlib import Path
from typing import Final

import msgspec
import numpy as np
from msgspec import Struct, structs

from dsp.fingerprint import Fingerprint
from dsp.hearing import Hearing
from server.atomic_file import write_atomically

REMEMBERED_SECONDS: Final = 30 * 86_400.0
"""How long it is kept of a content that is no track any more."""


class Heard(Struct, frozen=True):
    """All that was heard of one content."""

    hearing: Hearing
    values: bytes = b""
    """The fingerprint, little-endian; empty: none could be made."""
    sought: bool = False
    """Whether there was a library to make one."""
    beats_known: bool = False
    """Whether tempo and grid are what its maker says, who is surer than any ear."""

    def knowing_beats(self, before: "Heard | None") -> "Heard":
        """With tempo and grid of what was kept `before`, if those were known."""
        if before is None or not before.beats_known:
            return self
        hearing = replace(self.hearing, tempo=before.hearing.tempo, grid=before.hearing.grid)
        return structs.replace(self, hearing=hearing, beats_known=True)

    @property
    def fingerprint(self) -> Fingerprint | None:
        """uint32 [values]."""
        return np.frombuffer(self.values, "<u4").astype(np.uint32) if self.values else None


def heard(hearing: Hearing, fingerprint: Fingerprint | None, *, sought: bool) -> Heard:
    """As it is kept."""
    return Heard(hearing, b"" if fingerprint is None else fingerprint.astype("<u4").tobytes(), sought)


class HeardFolder:
    """One file a content. Any thread may ask; writers take turns by themselves."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def get(self, track_id: str) -> Heard | None:
        """What is kept of it; what cannot be read is as good as nothing. Blocks."""
        try:
            return msgspec.msgpack.decode(self._path(track_id).read_bytes(), type=Heard)
        except (OSError, msgspec.MsgspecError):
            return None

    def put(self, track_id: str, heard: Heard) -> None:
        """Keeps it. Raises OSError."""
        write_atomically(self._path(track_id), msgspec.msgpack.encode(heard), durable=False)

    def sweep(self, kept: frozenset[str], now: float) -> int:
        """Forgets what no track of `kept` needs and what has been old for a month; how many. `now` in UNIX seconds. Raises OSError."""
        old = [path for path in self._folder.glob("*.msgpack") if path.stem not in kept and now - path.stat().st_mtime > REMEMBERED_SECONDS]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def _path(self, track_id: str) -> Path:
        return self._folder / f"{track_id}.msgpack"
