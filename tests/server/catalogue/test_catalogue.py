"""The catalogue: what may air, what may not, and that no broken sidecar gets in."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from server.catalogue.catalogue import Catalogue
from server.track import Source, Track
from tests.server.virtual_station import track


def take(name: str) -> Track:
    return track(name, source=Source.STUDIO)


def test_tracks_are_found_by_id_and_source_also_by_another_reader(tmp_path: Path) -> None:
    ours, theirs = Catalogue(tmp_path), Catalogue(tmp_path)
    ours.put(track("a"))
    ours.put(take("b"))
    assert theirs.track("a") is None
    assert theirs.refresh() is True
    for catalogue in (ours, theirs):
        assert catalogue.track("a") == track("a")
        assert set(catalogue.tracks(Source.LIBRARY)) == {"a"}
        assert set(catalogue.tracks(Source.STUDIO)) == {"b"}
        assert catalogue.tracks(Source.BED) == {}
    ours.remove("a")
    theirs.refresh()
    assert ours.track("a") is theirs.track("a") is None


def test_a_sidecar_lies_where_the_architecture_says(tmp_path: Path) -> None:
    Catalogue(tmp_path).put(track("a"))
    data = (tmp_path / "library" / "a.json").read_bytes()
    assert msgspec.json.decode(data, type=Track) == track("a")


@pytest.mark.parametrize(
    "broken",
    [
        replace(track("a"), cue_in_frames=-1),
        replace(track("a"), cue_out_frames=track("a").frames + 1),
        replace(track("a"), start_next_frames=0, cue_in_frames=10),
        replace(track("a"), cue_in_frames=5, start_next_frames=5, cue_out_frames=5),
        replace(track("a"), loudness_lufs=float("-inf")),
        replace(track("a"), true_peak_dbtp=float("nan")),
        replace(track("a"), source=Source.BED),
    ],
)
def test_what_cannot_air_is_not_taken_in(tmp_path: Path, broken: Track) -> None:
    with pytest.raises(ValueError, match=r"cue|loudness|keeps no bed"):
        Catalogue(tmp_path).put(broken)
    assert not (tmp_path / "library").exists()


def test_broken_sidecars_are_skipped_and_counted(tmp_path: Path) -> None:
    Catalogue(tmp_path).put(track("a"))
    (tmp_path / "library" / "b.json").write_bytes(msgspec.json.encode(track("not b")))
    (tmp_path / "library" / "c.json").write_bytes(msgspec.json.encode(track("c", true_peak_dbtp=None)))
    (tmp_path / "refused").mkdir()
    (tmp_path / "refused" / "d.json").write_bytes(b"{")
    catalogue = Catalogue(tmp_path)
    assert set(catalogue.tracks(Source.LIBRARY)) == {"a"}
    assert catalogue.broken_total == 3


def test_a_refusal_bars_until_the_track_is_put_anew(tmp_path: Path) -> None:
    file = tmp_path / "a.mp3"
    file.write_bytes(b"12345")
    catalogue = Catalogue(tmp_path / "catalogue")
    one = track("a", path=str(file))
    catalogue.put(one)
    catalogue.refuse(file, "no sound")
    refusal = catalogue.refusal(file)
    assert refusal is not None
    assert (refusal.path, refusal.size, refusal.reason) == (str(file), 5, "no sound")
    assert refusal.mtime == file.stat().st_mtime
    assert catalogue.is_refused(one)
    assert catalogue.airable("a") is None
    again = Catalogue(tmp_path / "catalogue")
    assert list(again.refusals()) == [refusal]
    again.put(one)
    assert again.refusal(file) is None
    assert again.airable("a") == one


def test_a_file_that_is_gone_can_be_refused(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path)
    catalogue.refuse("/nowhere/x.mp3", "gone")
    refusal = catalogue.refusal("/nowhere/x.mp3")
    assert refusal is not None
    assert refusal.size == 0
