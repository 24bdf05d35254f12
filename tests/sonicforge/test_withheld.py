from pathlib import Path

from server.catalogue.catalogue import Catalogue
from server.track import Source, Track
from sonicforge.sections import StationSettings
from sonicforge.withheld import withhold


def put(catalogue: Catalogue, folder: Path, track_id: str, **provenance: str) -> Track:
    path = folder / f"{track_id}.flac"
    path.write_bytes(b"sound")
    frames = (480_000, -16.0, -1.0, 0, 400_000, 480_000)
    track = Track(track_id, "Title", "Artist", Source.STUDIO, str(path), *frames, station="main", provenance=provenance)
    catalogue.put(track)
    return track


def test_what_may_not_earn_money_is_barred_while_money_is_earned_and_no_longer(tmp_path: Path) -> None:
    catalogue = Catalogue(tmp_path / "catalogue")
    barred = put(catalogue, tmp_path, "aa", backend="musicgen", licence="CC-BY-NC-4.0", commercial_ok="no")
    capped = put(catalogue, tmp_path, "bb", backend="stable", licence="Stability", commercial_ok="yes", revenue_cap_dollars="1000")
    free = [
        put(catalogue, tmp_path, "cc", backend="acestep", licence="MIT", commercial_ok="yes"),
        put(catalogue, tmp_path, "dd", backend="procedural"),
    ]
    broken = put(catalogue, tmp_path, "ee", backend="acestep", licence="MIT", commercial_ok="yes")
    catalogue.refuse(broken.path, "it cannot be decoded")
    assert withhold(catalogue, {"main": StationSettings()}) == 0
    assert withhold(catalogue, {"main": StationSettings(monetised=True, yearly_revenue_dollars=2_000)}) == 2
    assert catalogue.is_refused(barred)
    assert catalogue.is_refused(capped)
    assert not any(catalogue.is_refused(track) for track in free)
    assert withhold(catalogue, {"main": StationSettings(monetised=True, yearly_revenue_dollars=500)}) == 1
    assert not catalogue.is_refused(capped)
    assert withhold(catalogue, {"main": StationSettings()}) == 0
    assert not catalogue.is_refused(barred)
    assert catalogue.is_refused(broken), "other refusals are nobody's business here"
    assert withhold(catalogue, {"other": StationSettings(monetised=True)}) == 0
