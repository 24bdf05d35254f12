"""Intake, seen from outside: one sandboxed child a file; what it hands back is checked here before anyone believes it.

Owns the choice of what may be opened (a regular file of bounded size that truly lies in an allowed folder), the child's deadline, and
the prepared track on disk. It must never open media by itself: it passes an open file on and reads back numbers, tags and raw samples.
A file that is not fit to air is `Refused`; where the machine is to blame, `IntakeError`.
"""

import asyncio
import hashlib
import os
import stat
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from io import FileIO
from pathlib import Path
from typing import Annotated, TypeAlias

import msgspec
import structlog
from msgspec import Meta, Struct
from msgspec.structs import replace

from server.intake.minder import CHILD, USUAL, Minder, Policy
from server.intake.prepared import seal
from server.intake.refusal import IntakeError, Refused
from server.intake.sandbox import Hold
from server.intake.tags import Tags, clean, cleaned

log = structlog.get_logger(__name__)


Name: TypeAlias = Annotated[str, Meta(max_length=64, pattern=r"^[A-Za-z0-9_,]+\Z")]
Annotation: TypeAlias = Annotated[str, Meta(max_length=64)]


class Report(Struct, frozen=True, forbid_unknown_fields=True):
    """What a file is, as far as its child can be believed."""

    tags: Tags
    """From inside the file; empty where it has none."""
    frames: Annotated[int, Meta(ge=1, le=1 << 40)]
    """At 48 kHz."""
    peak_dbfs: Annotated[float, Meta(ge=-200, le=200)]
    container: Name
    codec: Name
    sample_rate: int
    channels: int
    hold: Hold
    """What held the child."""
    peak_memory_bytes: int
    """Of the child, resident."""
    cpu_seconds: float
    """Of the child."""
    annotations: Annotated[dict[Name, Annotation], Meta(max_length=16)] = {}
    """Of ANNOTATIONS (server/intake/tags.py), those that stand in the file, as they stand there."""


class _Answer(Struct, forbid_unknown_fields=True):
    """What a child says: one of three."""

    report: Report | None = None
    refused: str | None = None
    failed: str | None = None


class Intake:
    """Looks at files and prepares them. At most `at_once` children of it live at a time; further calls wait for their turn."""

    def __init__(self, folders: Sequence[Path], policy: Policy = USUAL, at_once: int = 2, child: Sequence[str] = CHILD) -> None:
        """`folders`: where files may lie, links followed to their end. `child`: the command that looks at a file."""
        self._folders = tuple(folders)
        self._policy = policy
        self._child = child
        self._turns = asyncio.Semaphore(at_once)
        self._warned = False

    async def inspect(self, path: Path) -> Report:
        """Decodes the file without keeping the sound. Raises Refused, IntakeError."""
        return await self._in_turn(lambda minder: self._inspect(path, minder))

    async def prepare(self, path: Path, target: Path) -> Report:
        """Decodes the file into `target`: .npy, float32 [2, frames] in C order, 48 kHz. It appears complete or not at all.

        Raises Refused, IntakeError.
        """
        return await self._in_turn(lambda minder: self._prepare(path, target, minder))

    def prepare_now(self, path: Path, target: Path) -> Report:
        """The same for those who may block."""
        return self._prepare(path, target, Minder(self._policy, self._child))

    async def identify(self, path: Path) -> str:
        """The id of the file's content: 16 hexadecimal digits of its SHA-256. Raises Refused, IntakeError."""
        return await asyncio.to_thread(self._identify, path)

    def _identify(self, path: Path) -> str:
        with self._opened(path) as file:
            try:
                return hashlib.file_digest(file, "sha256").hexdigest()[:16]
            except OSError as error:
                raise IntakeError(f"It cannot be read: {error.strerror}.") from error

    @contextmanager
    def _opened(self, path: Path) -> Iterator[FileIO]:
        """The file, open for reading as raw bytes, once it may be opened at all. Raises Refused, IntakeError."""
        real = self._real(path)
        try:
            # Not blocking: the open of a pipe would wait for its other end. Not following: the path was real a moment ago.
            descriptor = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise Refused(f"It cannot be opened: {error.strerror}.") from error
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            os.close(descriptor)
            raise Refused("It is not a regular file.")
        with open(descriptor, "rb", buffering=0) as file:  # noqa: PTH123 (a descriptor)
            if status.st_size == 0:
                raise Refused("It is empty.")
            if status.st_size > self._policy.largest_bytes:
                allowed = self._policy.largest_bytes / 1e6
                raise Refused(f"It has {status.st_size / 1e6:.0f} MB; allowed are {allowed:.0f} MB.")
            os.set_blocking(descriptor, True)
            yield file

    def _real(self, path: Path) -> Path:
        try:
            real = path.resolve(strict=True)
        except (OSError, RuntimeError, ValueError) as error:
            raise Refused(f"It cannot be found: {getattr(error, 'strerror', None) or 'not a path'}.") from error
        if not any(real.is_relative_to(folder.resolve()) for folder in self._folders):
            raise Refused("It is a link that leads out of its folder.")
        return real

    async def _in_turn(self, work: Callable[[Minder], Report]) -> Report:
        async with self._turns:
            minder = Minder(self._policy, self._child)
            working = asyncio.ensure_future(asyncio.to_thread(work, minder))
            try:
                return await asyncio.shield(working)
            except asyncio.CancelledError:
                minder.kill()
                await asyncio.wait([working])
                raise

    def _inspect(self, path: Path, minder: Minder) -> Report:
        with self._opened(path) as file:
            return self._report(minder.look(file))

    def _prepare(self, path: Path, target: Path, minder: Minder) -> Report:
        with self._opened(path) as file:
            try:
                left, name = tempfile.mkstemp(target.suffix, f".{target.stem}.", target.parent)
            except OSError as error:
                raise IntakeError(f"There is no room for the decoded sound: {error}.") from error
            spool = Path(name)
            try:
                with open(left, "r+b", buffering=0) as lefts, tempfile.TemporaryFile(dir=target.parent) as rights:  # noqa: PTH123
                    report = self._report(minder.look(file, left, rights.fileno()))
                    _seal(lefts, report.frames)
                spool.replace(target)
            except OSError as error:
                raise IntakeError(f"The decoded sound cannot be kept: {error}.") from error
            finally:
                spool.unlink(missing_ok=True)
        return report

    def _report(self, answer: bytes) -> Report:
        try:
            said = msgspec.json.decode(answer.splitlines()[-1] if answer else b"", type=_Answer)
        except msgspec.MsgspecError as error:
            log.warning("intake: garbled answer", answer=clean(answer[-1000:].decode(errors="replace")))
            raise Refused("Its decoder gave no sensible answer.") from error
        if said.failed is not None:
            raise IntakeError(clean(said.failed))
        if said.report is None:
            raise Refused(f"It {clean(said.refused or 'was refused without a reason')}.")
        if said.report.hold is not Hold.FILTER and not self._warned:
            self._warned = True
            log.warning("intake: this system has no filter of system calls; untrusted files are held by limits alone")
        return replace(said.report, tags=cleaned(said.report.tags))


def _seal(file: FileIO, frames: int) -> None:
    try:
        seal(file, frames)
    except ValueError as error:
        raise Refused("Its decoder gave another length than it said.") from error
