"""The history file as a spool: what becomes of it meanwhile changes nothing."""

from pathlib import Path

from control.library.played import BEGINNING, Place, Played, read_on
from server.clock import Epoch
from tests.control.library.shelf import EPOCH, RATE, airing_of, lines_of

CLOCK = Epoch(EPOCH)


def all_of(path: Path, place: Place = BEGINNING, piece_bytes: int = 4096) -> tuple[list[Played], Place]:
    found: list[Played] = []
    while True:
        played, further = read_on(path, place, CLOCK, piece_bytes)
        if further == place:
            return found, place
        found, place = found + played, further


def test_every_airing_is_read_once_in_pieces_of_any_size(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_bytes(lines_of(*map(airing_of, range(40))))
    for piece_bytes in (700, 1500, 4096, 1 << 20):
        played, _ = all_of(file, piece_bytes=piece_bytes)
        assert [one.entry_id for one in played] == [f"0-{number}" for number in range(40)]


def test_an_airing_is_dated_by_the_stations_clock(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_bytes(lines_of(airing_of(2)))
    ((one,), _) = all_of(file)
    assert one.started_at.timestamp() == EPOCH + 480
    assert (one.ended_at - one.started_at).total_seconds() == 240
    assert one.started_position == 480 * RATE


def test_it_goes_on_where_it_was(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_bytes(lines_of(airing_of(0), airing_of(1)))
    _, place = all_of(file)
    with file.open("ab") as more:
        more.write(lines_of(airing_of(2)))
    played, _ = all_of(file, place)
    assert [one.entry_id for one in played] == ["0-2"]


def test_a_line_that_is_being_written_is_left_until_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    line = lines_of(airing_of(1))
    file.write_bytes(lines_of(airing_of(0)) + line[:50])
    played, place = all_of(file)
    assert [one.entry_id for one in played] == ["0-0"]
    file.write_bytes(lines_of(airing_of(0)) + line)
    played, _ = all_of(file, place)
    assert [one.entry_id for one in played] == ["0-1"]


def test_a_torn_line_hides_no_other(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_bytes(lines_of(airing_of(0)) + lines_of(airing_of(1))[:80] + b"\n" + lines_of(airing_of(2)) + b"\xff\xfe{\n\n")
    played, _ = all_of(file)
    assert [one.entry_id for one in played] == ["0-0", "0-2"]


def test_a_file_that_was_written_anew_is_read_from_its_beginning(tmp_path: Path) -> None:
    """As the engine does when it drops the older half; the rest is known to the table by its key."""
    file = tmp_path / "history.jsonl"
    file.write_bytes(lines_of(*map(airing_of, range(20))))
    _, place = all_of(file)
    file.write_bytes(lines_of(*map(airing_of, range(10, 22))))
    played, _ = all_of(file, place)
    assert [one.entry_id for one in played] == [f"0-{number}" for number in range(10, 22)]


def test_a_longer_file_of_another_station_is_another_file(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_bytes(lines_of(airing_of(0)))
    _, place = all_of(file)
    file.write_bytes(lines_of(*map(airing_of, range(50, 60))))
    played, _ = all_of(file, place)
    assert len(played) == 10


def test_no_file_holds_nothing(tmp_path: Path) -> None:
    assert all_of(tmp_path / "none.jsonl") == ([], BEGINNING)


def test_a_line_without_end_does_not_stop_what_follows(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_bytes(b"x" * 10_000 + b"\n" + lines_of(airing_of(3)))
    played, _ = all_of(file)
    assert [one.entry_id for one in played] == ["0-3"]


def test_a_null_character_in_a_title_does_not_reach_the_database(tmp_path: Path) -> None:
    file = tmp_path / "history.jsonl"
    file.write_bytes(lines_of(airing_of(3)).replace(b"Song 3", b"Song\\u0000 3"))
    ((one,), _) = all_of(file)
    assert one.title == "Song 3"
