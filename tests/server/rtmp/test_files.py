"""The two files between fronts and pusher: targets on the way there, how they stand on the way back."""

from pathlib import Path

import pytest

from server.rtmp.sealed import SealBroken, seal
from server.rtmp.status import STALE_SECONDS, PushReport, PushState, TargetStatus, read_report, write_report
from server.rtmp.target import Platform, Target
from server.rtmp.targets_file import TargetsFile

SECRET = b"s" * 48
KEY = "live_4711_SecretOfTheHouse"
TARGET = Target("a", "A", Platform.TWITCH, "", KEY)


def put(path: Path, *targets: Target) -> None:
    beside = path.with_suffix(".new")
    beside.write_bytes(seal(targets, SECRET, "main"))
    beside.replace(path)


def test_each_change_is_told_once(tmp_path: Path) -> None:
    path = tmp_path / "targets.sealed"
    file = TargetsFile(path, [SECRET], "main")
    assert file.changed() == (), "the first look always tells"
    assert file.changed() is None
    put(path, TARGET)
    assert file.changed() == (TARGET,)
    assert file.changed() is None
    put(path, TARGET)
    assert file.changed() == (TARGET,), "another file, even if it says the same"
    path.unlink()
    assert file.changed() == ()
    assert file.changed() is None


def test_a_file_that_cannot_be_opened_is_told_once_and_the_next_one_is_read(tmp_path: Path) -> None:
    path = tmp_path / "targets.sealed"
    file = TargetsFile(path, [SECRET], "main")
    path.write_bytes(b"garbage")
    with pytest.raises(SealBroken):
        file.changed()
    assert file.changed() is None
    put(path, TARGET)
    assert file.changed() == (TARGET,)


def test_a_report_is_read_while_its_writer_lives(tmp_path: Path) -> None:
    path = tmp_path / "run" / "main.pusher.json"
    report = PushReport(1_000.0, (TargetStatus("a", PushState.REFUSED, "no", 999.0, 1_010.0, 5, 1, 2, 3, 4),), 7)
    assert read_report(path, 1_000.0) is None
    write_report(path, report)
    assert read_report(path, 1_000.0 + STALE_SECONDS) == report
    assert read_report(path, 1_001.0 + STALE_SECONDS) is None
    path.write_bytes(b"{}")
    assert read_report(path, 1_000.0) is None
