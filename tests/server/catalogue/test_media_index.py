"""What is remembered of a media folder."""

from dataclasses import replace
from pathlib import Path

from server.catalogue.media_index import REMEMBERED_SECONDS, MediaIndex
from server.catalogue.media_scan import Found
from server.track import Source, Track

TRACK = Track("0123456789abcdef", "T", "A", Source.LIBRARY, "/media/x.mp3", 480_000, -14.0, -1.0, 0, 470_000, 480_000)
FILE = Found("/media/x.mp3", 1000, 1.5)


def index_with_a_file(path: Path) -> MediaIndex:
    index = MediaIndex(path)
    index.keep(FILE, TRACK)
    return index


def test_it_outlives_a_restart(tmp_path: Path) -> None:
    index_with_a_file(tmp_path / "index.json").save()
    again = MediaIndex(tmp_path / "index.json")
    known = again.at(FILE.path)
    assert known is not None
    assert known.track == TRACK
    assert known.is_still(FILE)
    assert again.of_content(TRACK.id) == TRACK


def test_it_writes_only_what_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "index.json"
    index_with_a_file(path).save()
    path.unlink()
    again = index_with_a_file(path)
    again.save()
    path.unlink()
    again.save()
    assert not path.exists()


def test_nonsense_is_forgotten(tmp_path: Path) -> None:
    for nonsense in (b"", b"{", b"[]", b'{"/x": {"size": "big"}}', b"\xff"):
        (tmp_path / "index.json").write_bytes(nonsense)
        assert MediaIndex(tmp_path / "index.json").there() == {}


def test_what_is_gone_is_remembered_for_a_while(tmp_path: Path) -> None:
    index = index_with_a_file(tmp_path / "index.json")
    assert index.compare({}, 1000.0) == set()
    assert index.there() == {}
    assert not index.holds(FILE.path, TRACK.id)
    assert index.of_content(TRACK.id) == TRACK
    assert index.compare({FILE.path: FILE}, 2000.0) == set()
    assert index.holds(FILE.path, TRACK.id)
    index.compare({}, 3000.0)
    index.compare({}, 3000.0 + REMEMBERED_SECONDS - 1)
    assert index.at(FILE.path) is not None
    index.compare({}, 3000.0 + REMEMBERED_SECONDS + 1)
    assert index.at(FILE.path) is None


def test_what_has_changed_is_forgotten_and_named(tmp_path: Path) -> None:
    index = index_with_a_file(tmp_path / "index.json")
    assert index.compare({FILE.path: replace(FILE, size=1001)}, 1.0) == {FILE.path}
    assert index.at(FILE.path) is None
    assert index.compare({FILE.path: replace(FILE, size=1001)}, 2.0) == set()
