from datetime import UTC, datetime
from pathlib import Path

from control.audit.entry import Entry, new_entry
from control.audit.spool import Spool

AT = datetime(2026, 1, 2, tzinfo=UTC)


def entry(number: int) -> Entry:
    return new_entry("test.happen", AT, None, str(number), {}, "192.0.2.1")


def subjects(spool: Spool) -> list[str | None]:
    return [each.subject for _, entries in spool.take() for each in entries]


def test_what_was_added_is_taken_once_it_is_done(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "audit")
    for number in range(3):
        spool.add(entry(number))
    assert not spool.empty
    ((path, entries),) = spool.take()
    assert [each.subject for each in entries] == ["0", "1", "2"]
    spool.done(path, entries)
    assert spool.empty


def test_a_process_that_dies_while_it_settles_loses_nothing(tmp_path: Path) -> None:
    first = Spool(tmp_path)
    first.add(entry(1))
    first.take()
    second = Spool(tmp_path)
    second.add(entry(2))
    assert sorted(str(each) for each in subjects(second)) == ["1", "2"]


def test_a_line_cut_by_a_power_cut_is_passed_over(tmp_path: Path) -> None:
    spool = Spool(tmp_path)
    spool.add(entry(1))
    with (tmp_path / "waiting.jsonl").open("ab") as file:
        file.write(b'{"id":"0192')
    assert subjects(spool) == ["1"]


def test_beyond_its_bound_entries_are_lost_and_counted(tmp_path: Path) -> None:
    spool = Spool(tmp_path, largest_bytes=1_000)
    for number in range(10):
        spool.add(entry(number))
    kept = subjects(spool)
    assert 0 < len(kept) < 10
    assert spool.lost == 10 - len(kept)
    assert kept[0] == "0"


def test_with_a_disk_that_refuses_memory_holds_them(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder can be here")
    spool = Spool(blocked / "audit")
    spool.add(entry(1))
    assert not spool.empty
    ((path, entries),) = spool.take()
    assert path is None
    assert entries[0].subject == "1"
    spool.done(path, entries)
    assert spool.empty


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "audit")
    spool.add(entry(1))
    assert (tmp_path / "audit").stat().st_mode & 0o077 == 0
    assert (tmp_path / "audit" / "waiting.jsonl").stat().st_mode & 0o077 == 0
