"""Prepared tracks: made once, kept within their bound, and the blame laid where it belongs."""

import os
from pathlib import Path

import numpy as np
import pytest

from server.intake.refusal import IntakeError, Refused
from server.rundown.prepared_folder import PreparedFolder, UnfitError, UnpreparedError
from server.track import Track
from tests.server.virtual_station import tone, track

SECOND_BYTES = 128 + 8 * 48_000


class FakeIntake:
    """Writes what a real one would; misbehaves as told."""

    def __init__(self, error: Exception | None = None) -> None:
        self.prepared: list[str] = []
        self.error = error

    async def prepare(self, path: Path, target: Path) -> object:
        self.prepared.append(path.name)
        if self.error is not None:
            raise self.error
        np.save(target, tone(48_000, 200.0))
        return None


def song(folder: Path, name: str) -> Track:
    path = folder / f"{name}.flac"
    path.write_bytes(b"x")
    return track(name, 1.0, 0.1, path=str(path))


async def test_it_is_decoded_once(tmp_path: Path) -> None:
    intake = FakeIntake()
    folder = PreparedFolder(tmp_path / "prepared", intake, 10 * SECOND_BYTES)
    one = song(tmp_path, "a")
    await folder.stock(one)
    sound = await folder.fetch(one)
    assert np.array_equal(sound, tone(48_000, 200.0))
    assert not isinstance(sound, np.memmap)
    assert intake.prepared == ["a.flac"]


async def test_it_stays_below_its_bound_and_the_least_recently_used_go_first(tmp_path: Path) -> None:
    intake = FakeIntake()
    folder = PreparedFolder(tmp_path / "prepared", intake, 6 * SECOND_BYTES)
    songs = [song(tmp_path, name) for name in "abcdefgh"]
    for number, one in enumerate(songs[:6]):
        await folder.stock(one)
        os.utime(tmp_path / "prepared" / f"{one.id}.npy", (number, number))
    os.utime(tmp_path / "prepared" / "a.npy", (100, 100))
    for one in songs[6:]:
        await folder.stock(one)
    kept = {path.stem for path in (tmp_path / "prepared").iterdir()}
    assert kept == {"a", "d", "e", "f", "g", "h"}
    assert folder.evictions_total == 2


async def test_what_is_in_use_is_never_evicted(tmp_path: Path) -> None:
    folder = PreparedFolder(tmp_path / "prepared", FakeIntake(), 2 * SECOND_BYTES)
    for name in "abc":
        await folder.stock(song(tmp_path, name))
    assert len(list((tmp_path / "prepared").iterdir())) == 3


async def test_a_track_that_will_never_fit_is_not_asked_for(tmp_path: Path) -> None:
    intake = FakeIntake()
    folder = PreparedFolder(tmp_path / "prepared", intake, SECOND_BYTES // 2)
    with pytest.raises(UnpreparedError, match="needs 0 MB"):
        await folder.stock(song(tmp_path, "a"))
    assert intake.prepared == []


async def test_the_file_is_to_blame(tmp_path: Path) -> None:
    folder = PreparedFolder(tmp_path / "prepared", FakeIntake(Refused("It is no sound.")), 10 * SECOND_BYTES)
    with pytest.raises(UnfitError, match="It is no sound"):
        await folder.fetch(song(tmp_path, "a"))


async def test_a_file_that_is_away_is_not_to_blame(tmp_path: Path) -> None:
    folder = PreparedFolder(tmp_path / "prepared", FakeIntake(Refused("It cannot be found.")), 10 * SECOND_BYTES)
    with pytest.raises(UnpreparedError, match="not there") as caught:
        await folder.fetch(track("gone", path="/nowhere/gone.flac"))
    assert not isinstance(caught.value, UnfitError)


@pytest.mark.parametrize("error", [IntakeError("no memory"), OSError(28, "No space left on device")])
async def test_the_machine_is_to_blame(tmp_path: Path, error: Exception) -> None:
    folder = PreparedFolder(tmp_path / "prepared", FakeIntake(error), 10 * SECOND_BYTES)
    with pytest.raises(UnpreparedError, match=r"no memory|No space") as caught:
        await folder.fetch(song(tmp_path, "a"))
    assert not isinstance(caught.value, UnfitError)


@pytest.mark.parametrize("rubbish", [b"", b"rubbish", b"\x93NUMPY\x01\x00\x76\x00{'descr': '<f4'"])
async def test_prepared_sound_that_was_damaged_is_thrown_away_and_made_anew(tmp_path: Path, rubbish: bytes) -> None:
    intake = FakeIntake()
    folder = PreparedFolder(tmp_path / "prepared", intake, 10 * SECOND_BYTES)
    one = song(tmp_path, "a")
    (tmp_path / "prepared" / "a.npy").write_bytes(rubbish)
    with pytest.raises(UnpreparedError, match="cannot be read"):
        await folder.fetch(one)
    assert (await folder.fetch(one)).shape == (2, 48_000)


async def test_what_another_engine_evicted_is_made_again(tmp_path: Path) -> None:
    intake = FakeIntake()
    folder = PreparedFolder(tmp_path / "prepared", intake, 10 * SECOND_BYTES)
    one = song(tmp_path, "a")
    await folder.stock(one)
    (tmp_path / "prepared" / "a.npy").unlink()
    await folder.fetch(one)
    assert intake.prepared == ["a.flac", "a.flac"]
