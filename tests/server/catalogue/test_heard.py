"""What was heard is kept by content."""

import os
from pathlib import Path

import numpy as np

from server.catalogue.catalogue import Catalogue
from server.catalogue.heard import REMEMBERED_SECONDS, HeardFolder, heard
from tests.hearings import a_hearing
from tests.server.virtual_station import track


def test_it_comes_back_as_it_was(tmp_path: Path) -> None:
    folder = HeardFolder(tmp_path)
    values = np.array([0, 1, 2**32 - 1], np.uint32)
    folder.put("a", heard(a_hearing(), values, sought=True))
    kept = HeardFolder(tmp_path).get("a")
    assert kept is not None
    assert kept.hearing == a_hearing()
    assert kept.fingerprint is not None
    assert (kept.fingerprint == values).all()
    assert folder.get("b") is None
    (tmp_path / "a.msgpack").write_bytes(b"torn")
    assert folder.get("a") is None


def test_a_track_that_is_written_anew_gets_its_hearing_again(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    catalogue.put(track("a"))
    catalogue.remember("a", heard(a_hearing(), None, sought=True))
    assert catalogue.track("a") == track("a", hearing=a_hearing())
    catalogue.put(track("a", title="Renamed"))
    assert catalogue.track("a") == track("a", title="Renamed", hearing=a_hearing())
    catalogue.remove("a")
    catalogue.put(track("a", path="/media/elsewhere.flac"))
    found = catalogue.track("a")
    assert found is not None
    assert found.hearing == a_hearing()


def test_what_is_heard_before_its_track_is_there_waits_for_it(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    catalogue.remember("a", heard(a_hearing(1), None, sought=False))
    assert catalogue.track("a") is None
    catalogue.put(track("a"))
    assert catalogue.track("a") == track("a", hearing=a_hearing(1))


def test_an_engine_reads_what_it_airs_by_and_no_more(tmp_path: Path) -> None:
    Catalogue(tmp_path).put(track("a", hearing=a_hearing()))
    light = Catalogue(tmp_path, for_airing=True).track("a")
    assert light is not None
    assert light.hearing is not None
    assert (light.hearing.features, light.hearing.quality.measures) == ((), {})
    assert (light.hearing.grid, light.hearing.key, light.hearing.tempo) == (a_hearing().grid, a_hearing().key, a_hearing().tempo)


def test_old_sidecars_are_still_read(tmp_path: Path) -> None:
    """As they were written before there were ears."""
    (tmp_path / "library").mkdir()
    catalogue = Catalogue(tmp_path)
    catalogue.put(track("a"))
    path = tmp_path / "library" / "a.json"
    path.write_text(path.read_text().replace(',\n "hearing": null', ""))
    assert "hearing" not in path.read_text()
    assert Catalogue(tmp_path).track("a") == track("a")


def test_what_no_track_needs_is_forgotten_after_a_month(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    catalogue.put(track("a"))
    for name in ("a", "gone", "late"):
        catalogue.remember(name, heard(a_hearing(), None, sought=True))
    now = (tmp_path / "heard" / "a.msgpack").stat().st_mtime
    for name in ("a", "gone"):
        os.utime(tmp_path / "heard" / f"{name}.msgpack", (now - REMEMBERED_SECONDS - 9, now - REMEMBERED_SECONDS - 9))
    assert catalogue.forget_unneeded(now) == 1
    assert catalogue.heard("a") is not None
    assert catalogue.heard("late") is not None
    assert catalogue.heard("gone") is None
