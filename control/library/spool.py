"""An upload on its way in: streamed into a file of bounded size, in a folder of its own that goes with it.

Owns the first look (is it sound at all), the bound, the deadline between two pieces and the full disk. It opens nothing.
"""

import asyncio
import errno
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import Final

from control.errors import FieldError, Invalid, Malformed, Refusal, TooLarge
from control.library.sound_kind import MAGIC_BYTES, ending_of

INCOMING: Final = "incoming"
STALL_SECONDS: Final = 30.0
"""A sender who is silent for this long has gone."""
LEFT_OVER_SECONDS: Final = 86_400.0
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_NO_SOUND: Final = "It is no sound file of a kind that may air: mp3, flac, ogg, opus, wav, aiff, m4a, aac."


class NoRoom(Refusal):
    """There is no room on the disk for this"""

    status = 507
    code = "no-room"


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file that has come in whole."""

    path: Path
    ending: str
    """By its content."""
    bytes: int


@asynccontextmanager
async def spooled(folder: Path, pieces: AsyncIterator[bytes], largest_bytes: int) -> AsyncIterator[Spooled]:
    """What the pieces make, for as long as the block lasts. Raises TooLarge, Invalid, Malformed, NoRoom, OSError."""
    incoming = folder / INCOMING
    with refusing_a_full_disk():
        await asyncio.to_thread(incoming.mkdir, parents=True, exist_ok=True)
        place = Path(await asyncio.to_thread(tempfile.mkdtemp, dir=incoming))
    try:
        yield await _receive(place / "sound", pieces, largest_bytes)
    finally:
        await asyncio.to_thread(shutil.rmtree, place, ignore_errors=True)


def tidy(folder: Path, now: float) -> int:
    """Removes what processes that were killed have left; how many. `now` in UNIX seconds. Blocks, raises nothing."""
    left = [path for path in (folder / INCOMING).glob("*") if now - _changed(path) > LEFT_OVER_SECONDS]
    for path in left:
        shutil.rmtree(path, ignore_errors=True)
    return len(left)


class refusing_a_full_disk:  # noqa: N801 -- reads as a word of the `with` it stands in
    """Turns the errors of a full disk into NoRoom."""

    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and error.errno in _FULL:
            raise NoRoom("The station's disk is full.") from error


async def _receive(path: Path, pieces: AsyncIterator[bytes], largest_bytes: int) -> Spooled:
    size, ending, beginning = 0, None, b""
    with refusing_a_full_disk(), FileIO(path, "xb") as file:
        async for piece in _in_time(pieces):
            size += len(piece)
            if size > largest_bytes:
                raise TooLarge(f"A file may have {largest_bytes / 1e6:.0f} MB.")
            if ending is None and len(beginning) < MAGIC_BYTES:
                beginning += piece[:MAGIC_BYTES]
                ending = ending_of(beginning)
                if ending is None and len(beginning) >= MAGIC_BYTES:
                    raise _no_sound()
            await asyncio.to_thread(_write, file, piece)
        await asyncio.to_thread(os.fsync, file.fileno())
    if ending is None:
        raise _no_sound()
    return Spooled(path, ending, size)


async def _in_time(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The pieces, each in time. Raises Malformed when the sender stops."""
    while True:
        try:
            async with asyncio.timeout(STALL_SECONDS):
                piece = await anext(pieces, None)
        except (TimeoutError, ConnectionError):
            raise Malformed("The upload stopped before its end.") from None
        if piece is None:
            return
        yield piece


def _write(file: FileIO, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[file.write(left) or 0 :]


def _no_sound() -> Invalid:
    return Invalid(_NO_SOUND, errors=[FieldError("body.file", _NO_SOUND)])


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
