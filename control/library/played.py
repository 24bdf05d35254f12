"""A station's history file, read as a spool: each line that is whole exactly once, whatever becomes of the file meanwhile.

The engine appends to it and now and then writes it anew without its older half (server/rundown/history.py). So a place in it is an
offset and a mark of what stands before it; where the mark does not fit, it is another file, and it is read from its beginning: what
the table has already is known there by its key. The file holds at least the last 10,000 airings, four weeks of them: so long the
database may be away before one is lost.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Final

import structlog
from msgspec import DecodeError
from msgspec.json import Decoder

from dsp.block import seconds_of
from server.clock import Epoch
from server.track import Airing

PIECE_BYTES: Final = 512 * 1024
_MARK_BYTES: Final = 1024
_log = structlog.get_logger(__name__)
_airing: Final = Decoder(Airing)


@dataclass(frozen=True, slots=True)
class Place:
    """How far a file has been read."""

    read_bytes: int
    mark: bytes


BEGINNING: Final = Place(0, b"")


@dataclass(frozen=True, slots=True)
class Played:
    """One ended airing, by the wall clock."""

    entry_id: str
    track_id: str
    title: str
    artist: str
    reason: str
    started_at: datetime
    ended_at: datetime
    started_position: int
    offset_seconds: float


def read_on(path: Path, place: Place, epoch: Epoch, piece_bytes: int = PIECE_BYTES) -> tuple[list[Played], Place]:
    """The airings behind `place`, about `piece_bytes` of them, and the place behind them; the same place when there is no more.

    A line without its end is left for the next time. Blocks. Raises OSError; a missing file holds nothing.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        return [], place
    with file:
        begin = place.read_bytes if _fits(file, place) else 0
        file.seek(begin)
        piece = file.read(piece_bytes)
        whole = piece.rfind(b"\n") + 1
        if not whole and len(piece) < piece_bytes:
            return [], place
        end = begin + (whole or len(piece))  # a line as long as a piece is none of ours
        played = [one for line in piece[:whole].splitlines() if (one := _read(line, path, epoch)) is not None]
        return played, Place(end, _mark(file, end))


def _fits(file: BinaryIO, place: Place) -> bool:
    return place.read_bytes > 0 and _mark(file, place.read_bytes) == place.mark


def _mark(file: BinaryIO, end: int) -> bytes:
    begin = max(0, end - _MARK_BYTES)
    file.seek(begin)
    return sha256(file.read(end - begin)).digest()


def _read(line: bytes, path: Path, epoch: Epoch) -> Played | None:
    if not line:
        return None
    try:
        airing = _airing.decode(line)
    except (DecodeError, UnicodeDecodeError):
        _log.warning("a torn line of the play history is passed over", file=str(path), bytes=len(line))
        return None
    track = airing.entry.track
    return Played(
        entry_id=airing.entry.id,
        track_id=track.id,
        title=track.title.replace("\0", ""),
        artist=track.artist.replace("\0", ""),
        reason=airing.entry.reason.value,
        started_at=datetime.fromtimestamp(epoch.wall_of(airing.started_position), UTC),
        ended_at=datetime.fromtimestamp(epoch.wall_of(airing.ends_position), UTC),
        started_position=airing.started_position,
        offset_seconds=seconds_of(airing.offset_frames),
    )
