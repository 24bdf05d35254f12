from pathlib import Path

import pytest

from sonicforge.studio_report import STALE_SECONDS, BackendReport, StudioReport, read_report, write_report

REPORT = StudioReport(
    1_000.0, "acestep makes the takes.", 0, 0, (BackendReport("acestep", "MIT", "", 0, 0, 0.0, {}, {}, 1, "no driver", 9.0),), {}
)


def test_what_is_written_is_read_as_long_as_its_worker_lives(tmp_path: Path) -> None:
    file = tmp_path / "run" / "studio.json"
    write_report(file, REPORT)
    assert read_report(file, 1_000.0 + STALE_SECONDS) == REPORT
    assert read_report(file, 1_001.0 + STALE_SECONDS) is None


@pytest.mark.parametrize("damage", [b"", b"{", b'{"at": 1000.0}', b"[]"])
def test_a_damaged_report_is_none(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / "studio.json").write_bytes(damage)
    assert read_report(tmp_path / "studio.json", 1_000.0) is None
    assert read_report(tmp_path / "absent.json", 1_000.0) is None


def test_before_the_first_take_all_were_approved_and_who_fails_is_not_at_work() -> None:
    assert REPORT.approval_rate == 1.0
    assert REPORT.backends_at_work == 0
