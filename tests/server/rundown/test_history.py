"""The play history outlives crashes, torn lines and disks that refuse."""

from dataclasses import replace
from pathlib import Path

import server.rundown.history as history_module
from server.rundown.history import History
from server.track import Airing, Entry, Reason
from tests.hearings import a_hearing
from tests.server.virtual_station import track


def airing(number: int) -> Airing:
    return Airing(Entry(f"e{number}", track(f"t{number}"), Reason.LIBRARY), number * 1000, number * 1000 + 900)


def written(path: Path, count: int) -> History:
    history = History(path)
    for number in range(count):
        history.add(airing(number))
    history.flush()
    return history


def test_what_was_added_is_there_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "history.jsonl"
    written(path, 5)
    again = History(path)
    assert again.recent(2) == [airing(4), airing(3)]
    assert again.aired_ids() == {f"t{number}" for number in range(5)}
    assert again.aired.tracks["t4"] == 4900


def test_it_is_known_before_it_is_written(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    history.add(airing(1))
    assert history.recent(5) == [airing(1)]
    assert not (tmp_path / "history.jsonl").exists()


def test_what_the_ears_said_stays_in_the_catalogue(tmp_path: Path) -> None:
    history = History(tmp_path / "history.jsonl")
    one = airing(1)
    heard = replace(one, entry=replace(one.entry, track=replace(one.entry.track, hearing=a_hearing())))
    history.add(heard)
    history.flush()
    assert history.recent(1) == [one]
    assert (tmp_path / "history.jsonl").stat().st_size < 1_500, "twenty thousand of them are read at every start"


def test_a_torn_last_line_costs_only_itself(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    written(path, 3)
    path.write_bytes(path.read_bytes()[:-40])
    torn = History(path)
    assert torn.skipped_lines == 1
    assert torn.aired_ids() == {"t0", "t1"}
    torn.add(airing(7))
    torn.flush()
    assert History(path).aired_ids() == {"t0", "t1", "t7"}


def test_rubbish_is_skipped(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    written(path, 2)
    path.write_bytes(b'{"entry": 5}\n\xff\xfe\x00\n' + path.read_bytes() + b"[1,2]\n\n")
    history = History(path)
    assert history.skipped_lines == 3
    assert history.aired_ids() == {"t0", "t1"}


def test_a_disk_that_refuses_loses_nothing(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    path.mkdir()
    history = History(path)
    history.add(airing(1))
    history.flush()
    history.flush()
    assert history.write_errors_total == 2
    path.rmdir()
    history.flush()
    assert History(path).recent(1) == [airing(1)]


def test_the_file_is_bounded_and_keeps_the_latest(tmp_path: Path) -> None:
    path = tmp_path / "history.jsonl"
    most = history_module.LONGEST_LINES
    line = written(tmp_path / "one", 1)
    assert line.recent(1)
    path.write_bytes((tmp_path / "one").read_bytes() * most)
    history = History(path)
    history.add(airing(9))
    history.flush()
    lines = path.read_bytes().splitlines()
    assert len(lines) == most // 2
    assert b'"t9"' in lines[-1]
