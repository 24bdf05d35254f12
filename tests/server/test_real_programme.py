"""The programme with its real parts: files through intake, decks, mastering, spectrum. What goes out is measured here once more."""

import subprocess
from pathlib import Path

import numpy as np
import pytest

from dsp.loudness import LoudnessMeter
from dsp.mastering import Mastering
from dsp.spectrum import SpectrumAnalyser
from dsp.true_peak import TruePeakJudge
from server.intake.intake import Intake
from server.rundown.cueing import Cueing
from server.rundown.prepared_folder import PreparedFolder
from server.track import Reason
from tests.programs import program
from tests.server.virtual_station import Tracks, VirtualStation, track

SECONDS = 12
SOURCES = {
    "quiet": ("flac", "sine=frequency=300:duration=12,volume=-20dB"),
    "loud": ("mp3", "anoisesrc=color=pink:duration=12:seed=1"),
    "other": ("wav", "sine=frequency=1000:duration=12"),
}


def media(folder: Path) -> Tracks:
    """Three files of several formats and levels, and one that is none."""
    folder.mkdir()
    tracks = Tracks()
    for name, (ending, source) in SOURCES.items():
        path = folder / f"{name}.{ending}"
        command = [program("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", source, "-ac", "2", "-ar", "44100", str(path)]
        subprocess.run(command, check=True)
        loudness = {"quiet": -41.0, "loud": -15.0, "other": -21.0}[name]
        tracks.library[name] = track(name, SECONDS, 2.0, path=str(path), loudness_lufs=loudness, true_peak_dbtp=loudness + 10)
    (folder / "hostile.mp3").write_bytes(b"#EXTM3U\nhttp://127.0.0.1/x\n" * 100)
    tracks.library["hostile"] = track("hostile", SECONDS, path=str(folder / "hostile.mp3"))
    return tracks


@pytest.mark.real
async def test_real_files_air_in_time_levelled_and_below_the_ceiling(tmp_path: Path) -> None:
    tracks = media(tmp_path / "media")
    mastering = Mastering()
    station = VirtualStation(tmp_path, tracks, mastering=mastering, spectrum=SpectrumAnalyser(30))  # type: ignore[arg-type]
    store = PreparedFolder(tmp_path / "prepared", Intake([tmp_path / "media"]), 100_000_000)
    cueing = Cueing(
        booth=station.programme,
        desk=station.desk,
        rundown=station.rundown,
        history=station.history,
        store=store,
        entry_ids=iter(map(str, range(1000))),
        target_lufs=-16.0,
        refused=lambda one: one.id in tracks.refused,
        refuse=lambda one, reason: tracks.refused.__setitem__(one.id, reason),
    )
    peak, meter = TruePeakJudge(), LoudnessMeter()
    spectra = 0
    for block in range(100 * 50):
        if block % 25 == 0:
            await cueing.step()
        station.conductor.step()
        moment = station.programme.latest
        assert moment is not None
        peak.feed(moment.block)
        meter.feed(moment.block)
        spectra += len(moment.spectrum)
        station.ear.moments = station.ear.moments[-1:]
    assert station.faults.counts == {}
    assert list(tracks.refused) == ["hostile"]
    assert {airing.entry.track.id for airing in station.history.recent(20)} == set(SOURCES)
    assert station.airing.entry.reason is Reason.LIBRARY
    assert peak.dbtp <= -1.0
    assert abs(meter.integrated_lufs + 16.0) < 2.0
    assert abs(spectra - 3000) < 5
    assert moment.standing.dead_air_seconds_total < 0.1
    assert np.isfinite(moment.levels.momentary_lufs)
    assert moment.levels.momentary_lufs > -30.0
