"""How a file becomes a track, with an intake that knows a few files by heart."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from dsp.cues import NothingToHear
from dsp.hearing import Cues
from server.catalogue.accession import Accession, named
from server.catalogue.heard import Heard, heard
from server.catalogue.measurement import Measurement
from server.intake.intake import Report
from server.intake.refusal import IntakeError, Refused
from server.intake.sandbox import Hold
from server.intake.tags import Tags
from server.track import Source, Track
from tests.hearings import a_hearing

REPORT = Report(Tags("Title", "Artist", "Album", "Genre"), 480_000, -3.0, "mp3", "mp3float", 44_100, 2, Hold.FILTER, 1, 0.1)
MEASUREMENT = Measurement(480_000, -14.0, -1.0, Cues(100, 470_000, 479_000))


class KnowingIntake:
    """Answers without looking; refuses files of that name, fails at others."""

    def __init__(self) -> None:
        self.prepared: list[str] = []

    async def identify(self, path: Path) -> str:
        return f"{abs(hash(path.suffix)):016x}"[:16]

    async def prepare(self, path: Path, target: Path) -> Report:
        self.prepared.append(path.name)
        _write(target)
        if path.name == "bad.mp3":
            raise Refused("It is bad.")
        if path.name == "unlucky.mp3":
            raise IntakeError("The disk is full.")
        return REPORT


def _write(target: Path) -> None:
    target.write_bytes(b"samples")


def measure(path: Path) -> Measurement:
    assert path.read_bytes() == b"samples"
    return MEASUREMENT


def is_left(folder: Path) -> bool:
    return any(folder.iterdir())


def unknown(_track_id: str) -> Track | None:
    return None


async def test_a_file_becomes_a_track(tmp_path: Path) -> None:
    track = await Accession(KnowingIntake(), tmp_path / "scratch", measure).take(Path("/media/a.mp3"), unknown, 1234.0)
    assert (track.title, track.artist, track.album, track.genre) == ("Title", "Artist", "Album", "Genre")
    assert (track.source, track.path, track.frames, track.loudness_lufs, track.made_at) == (
        Source.LIBRARY,
        "/media/a.mp3",
        480_000,
        -14.0,
        1234.0,
    )
    assert (track.cue_in_frames, track.start_next_frames, track.cue_out_frames) == (100, 470_000, 479_000)
    assert track.provenance == {"container": "mp3", "codec": "mp3float", "rate": "44100 Hz, 2 channels"}


async def test_a_known_content_is_not_decoded_again(tmp_path: Path) -> None:
    intake = KnowingIntake()
    accession = Accession(intake, tmp_path / "scratch", measure)
    track = await accession.take(Path("/media/a.mp3"), unknown, 1.0)
    again = await accession.take(Path("/media/b.mp3"), {track.id: track}.get, 2.0)
    assert again == replace(track, path="/media/b.mp3")
    assert intake.prepared == ["a.mp3"]


@pytest.mark.parametrize(("name", "error"), [("good.mp3", None), ("bad.mp3", Refused), ("unlucky.mp3", IntakeError)])
async def test_it_cleans_up_after_itself(tmp_path: Path, name: str, error: type[Exception] | None) -> None:
    accession = Accession(KnowingIntake(), tmp_path / "scratch", measure)
    if error is None:
        await accession.take(Path("/media") / name, unknown, 1.0)
    else:
        with pytest.raises(error):
            await accession.take(Path("/media") / name, unknown, 1.0)
    assert not is_left(tmp_path)


async def test_it_clears_away_what_a_killed_process_left(tmp_path: Path) -> None:
    work = tmp_path / "work"
    accession = Accession(KnowingIntake(), work / "scratch.npy", measure)
    accession.tidy()
    (work / ".scratch.x1y2.npy").touch()
    accession.tidy()
    assert not is_left(work)


async def test_what_cannot_be_heard_is_refused(tmp_path: Path) -> None:
    def deaf(_path: Path) -> Measurement:
        raise NothingToHear("Nothing to hear.")

    with pytest.raises(Refused, match="Nothing to hear"):
        await Accession(KnowingIntake(), tmp_path / "scratch", deaf).take(Path("/media/a.mp3"), unknown, 1.0)


async def test_the_name_fills_what_the_tags_leave_empty(tmp_path: Path) -> None:
    track = await Accession(KnowingIntake(), tmp_path / "scratch", measure).take(Path("/media/X - Y.mp3"), unknown, 1.0)
    assert named(track) == track
    untitled = named(replace(track, title="", artist=""))
    assert (untitled.artist, untitled.title) == ("X", "Y")


async def test_its_tags_say_where_it_airs_and_that_they_do(tmp_path: Path) -> None:
    class Annotated(KnowingIntake):
        async def prepare(self, path: Path, target: Path) -> Report:
            report = await super().prepare(path, target)
            return msgspec.structs.replace(report, annotations={"liq_cue_in": "2.0", "liq_cross_start_next": "8.5", "liq_amplify": "-3 dB"})

    track = await Accession(Annotated(), tmp_path / "scratch", measure).take(Path("/media/a.mp3"), unknown, 1.0)
    assert (track.cue_in_frames, track.start_next_frames, track.cue_out_frames) == (96_000, 408_000, 479_000)
    assert track.loudness_lufs == -14.0, "it is measured, whatever a tag claims"
    assert track.provenance["liq_cue_in"] == "2.0"


async def test_what_was_heard_by_the_way_is_remembered_before_the_track_is_known(tmp_path: Path) -> None:
    told: list[tuple[str, Heard]] = []
    kept = heard(a_hearing(), None, sought=True)

    def listen(path: Path) -> Measurement:
        return replace(measure(path), heard=kept)

    accession = Accession(KnowingIntake(), tmp_path / "scratch", listen, lambda track_id, what: told.append((track_id, what)))
    track = await accession.take(Path("/media/a.mp3"), unknown, 1.0)
    assert told == [(track.id, kept)]
