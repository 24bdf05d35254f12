"""Uploads on their way in: bounded, in time, and gone when they are done with."""

import errno
import os
import resource
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from control.errors import Invalid, Malformed, TooLarge
from control.library.spool import INCOMING, LEFT_OVER_SECONDS, NoRoom, refusing_a_full_disk, spooled, tidy

FLAC = b"fLaC" + bytes(60)


async def pieces(*given: bytes) -> AsyncIterator[bytes]:
    for piece in given:
        yield piece


async def broken() -> AsyncIterator[bytes]:
    yield FLAC
    raise ConnectionResetError


def left_over(folder: Path) -> list[Path]:
    return list((folder / INCOMING).iterdir())


async def test_a_file_comes_in_whole_and_goes_with_the_block(tmp_path: Path) -> None:
    async with spooled(tmp_path, pieces(b"fL", b"aC", bytes(5000)), 10_000) as spool:
        assert (spool.ending, spool.bytes) == (".flac", 5004)
        assert spool.path.read_bytes() == b"fLaC" + bytes(5000)
    assert left_over(tmp_path) == []


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ((FLAC, bytes(10_000)), TooLarge),
        ((b"<html>" + bytes(100),), Invalid),
        ((b"fL",), Invalid),
        ((), Invalid),
    ],
)
async def test_what_is_refused_leaves_nothing(tmp_path: Path, given: tuple[bytes, ...], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        async with spooled(tmp_path, pieces(*given), 10_000):
            pytest.fail("it was let in")
    assert left_over(tmp_path) == []


async def test_a_sender_who_hangs_up_is_malformed(tmp_path: Path) -> None:
    with pytest.raises(Malformed):
        async with spooled(tmp_path, broken(), 10_000):
            pytest.fail("it was let in")
    assert left_over(tmp_path) == []


async def test_a_disk_that_takes_no_more_is_no_room(tmp_path: Path) -> None:
    """A bound on the size of files stands for the full disk: the write fails in the same place."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, before[1]))
    try:
        with pytest.raises(NoRoom):
            async with spooled(tmp_path, pieces(FLAC, bytes(100_000)), 1_000_000):
                pytest.fail("it was let in")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert left_over(tmp_path) == []
    assert NoRoom.status == 507


def test_only_a_full_disk_is_no_room() -> None:
    with pytest.raises(NoRoom), refusing_a_full_disk():
        raise OSError(errno.ENOSPC, "No space left on device")
    with pytest.raises(PermissionError), refusing_a_full_disk():
        raise PermissionError(errno.EACCES, "Permission denied")


def test_what_the_killed_have_left_goes_after_a_day(tmp_path: Path) -> None:
    old, new = tmp_path / INCOMING / "old", tmp_path / INCOMING / "new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "sound").write_bytes(b"half")
    now = new.stat().st_mtime
    os.utime(old, (0, now - LEFT_OVER_SECONDS - 1))
    assert tidy(tmp_path, now) == 1
    assert left_over(tmp_path) == [new]
