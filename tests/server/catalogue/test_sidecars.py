"""Sidecars: others' writing is noticed, broken ones are skipped, and nothing changed costs nothing."""

import os
import time
from pathlib import Path

from msgspec import Struct
from msgspec.json import encode

from server.catalogue.sidecars import Sidecars


class Note(Struct, frozen=True):
    text: str


def fit(stem: str, note: Note) -> None:
    if note.text == "unfit":
        raise ValueError(f"{stem} is unfit")


def place(folder: Path, stem: str, data: bytes) -> None:
    """As another process writes: beside, then renamed."""
    folder.mkdir(exist_ok=True)
    beside = folder / f".{stem}"
    beside.write_bytes(data)
    beside.rename(folder / f"{stem}.json")


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    sidecars = Sidecars(tmp_path / "none", Note, fit)
    assert sidecars.refresh() is False
    assert sidecars.values == {}


def test_others_writing_replacing_and_removing_is_noticed(tmp_path: Path) -> None:
    sidecars = Sidecars(tmp_path / "notes", Note, fit)
    sidecars.refresh()
    place(tmp_path / "notes", "a", encode(Note("one")))
    assert sidecars.refresh() is True
    assert sidecars.values == {"a": Note("one")}
    place(tmp_path / "notes", "a", encode(Note("two")))
    assert sidecars.refresh() is True
    assert sidecars.values == {"a": Note("two")}
    (tmp_path / "notes" / "a.json").unlink()
    assert sidecars.refresh() is True
    assert sidecars.values == {}


def test_changes_within_one_step_of_the_disk_clock_are_noticed(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    place(folder, "a", encode(Note("one")))
    frozen = time.time_ns()
    os.utime(folder, ns=(frozen, frozen))
    sidecars = Sidecars(folder, Note, fit)
    sidecars.refresh()
    place(folder, "b", encode(Note("two")))
    os.utime(folder, ns=(frozen, frozen))
    sidecars.refresh()
    assert set(sidecars.values) == {"a", "b"}


def test_broken_ones_are_skipped_and_counted_once(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    place(folder, "good", encode(Note("good")))
    for stem, data in {
        "torn": b'{"text": "x',
        "typed": b'{"text": 5}',
        "unfit": encode(Note("unfit")),
        "empty": b"",
        "noise": b"\xff",
    }.items():
        place(folder, stem, data)
    (folder / ".hidden.json").write_bytes(b"not looked at")
    (folder / "other.txt").write_bytes(b"not looked at")
    sidecars = Sidecars(folder, Note, fit)
    sidecars.refresh()
    sidecars.refresh()
    assert set(sidecars.values) == {"good"}
    assert sidecars.broken_total == 5


def test_a_sidecar_that_breaks_later_is_dropped(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    place(folder, "a", encode(Note("one")))
    sidecars = Sidecars(folder, Note, fit)
    sidecars.refresh()
    place(folder, "a", b"{")
    sidecars.refresh()
    assert sidecars.values == {}


def test_own_writing_is_known_at_once_and_not_read_again(tmp_path: Path) -> None:
    sidecars = Sidecars(tmp_path / "notes", Note, fit)
    before = sidecars.values
    sidecars.put("a", Note("one"))
    assert before == {}, "a snapshot changed"
    assert sidecars.values == {"a": Note("one")}
    assert sidecars.refresh() is False
    sidecars.remove("a")
    assert sidecars.values == {}
    assert list((tmp_path / "notes").iterdir()) == []


def test_thousands_unchanged_cost_some_microseconds(tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    for number in range(2_000):
        (folder / f"{number}.json").write_bytes(b'{"text":"x"}')
    sidecars = Sidecars(folder, Note, fit)
    sidecars.refresh()
    sidecars.refresh()
    assert len(sidecars.values) == 2_000
    started = time.process_time()
    for _ in range(100):
        sidecars.refresh()
    assert (time.process_time() - started) / 100 < 0.002
