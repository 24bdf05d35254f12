"""The library in step with its folder: a real folder, a real catalogue, and an intake that reads what a file says of itself."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from dsp.hearing import Cues
from server.catalogue.accession import Accession
from server.catalogue.catalogue import Catalogue
from server.catalogue.measurement import Measurement
from server.catalogue.media_folder import BATCH_FILES, OLD_SECONDS, RESCAN_SECONDS, SETTLE_SECONDS, MediaFolder, Progress
from server.catalogue.media_index import MediaIndex
from server.clock import VirtualClock
from server.intake.intake import Intake, Report
from server.intake.refusal import IntakeError, Refused
from server.intake.sandbox import Hold
from server.intake.tags import Tags
from server.track import Source, Track
from tests.sound_files import make_sound_files

NOW = 1_800_000_000.0


class ReadingIntake:
    """A file's text is its title; `bad` and `unlucky` ones are what they say."""

    def __init__(self) -> None:
        self.prepared: list[str] = []
        self.meanwhile: Callable[[], None] = lambda: None

    async def identify(self, path: Path) -> str:
        if not path.exists():  # noqa: ASYNC240
            raise Refused("It cannot be found.")
        return sha256(path.read_bytes()).hexdigest()[:16]  # noqa: ASYNC240

    async def prepare(self, path: Path, target: Path) -> Report:
        self.prepared.append(path.name)
        text = path.read_text()  # noqa: ASYNC240
        self.meanwhile()
        if text.startswith("bad"):
            raise Refused("It is bad.")
        if text.startswith("unlucky"):
            raise IntakeError("No luck.")
        target.touch()  # noqa: ASYNC240
        return Report(Tags(title="" if text.startswith("untitled") else text), 480_000, -3.0, "mp3", "mp3", 44_100, 2, Hold.FILTER, 1, 0.1)


class Library:
    """A media folder with all that belongs to it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.media = root / "media"
        self.intake = ReadingIntake()
        self.clock = VirtualClock(NOW)
        self.catalogue = Catalogue(root / "catalogue")
        self.progress: list[Progress] = []
        self.on_progress: Callable[[Progress], None] = self.progress.append
        self.folder = self.restarted()

    def restarted(self) -> MediaFolder:
        measured = Measurement(480_000, -14.0, -1.0, Cues(0, 470_000, 480_000))
        self.folder = MediaFolder(
            self.media,
            MediaIndex(self.root / "index.json"),
            Accession(self.intake, self.root / "scratch", lambda _: measured),
            self.catalogue,
            self.clock,
            lambda progress: self.on_progress(progress),
            self.root / "uploads",
        )
        return self.folder

    def write(self, name: str, text: str, age_seconds: float = 3600.0) -> Path:
        """Puts a file there at once, last changed so long ago."""
        path = self.media / name
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = self.root / "beside"
        beside.write_text(text)
        os.utime(beside, (0, self.clock.wall() - age_seconds))
        return beside.replace(path)

    def wait(self, seconds: float) -> None:
        self.clock.sleep_until(self.clock.monotonic() + seconds)

    def titles(self) -> list[str]:
        return sorted(track.title for track in self.catalogue.tracks(Source.LIBRARY).values())

    def only_track(self) -> Track:
        [track] = self.catalogue.tracks(Source.LIBRARY).values()
        return track


@pytest.fixture
def library(tmp_path: Path) -> Library:
    (tmp_path / "media").mkdir()
    return Library(tmp_path)


async def test_files_become_tracks(library: Library) -> None:
    library.write("a.mp3", "First")
    library.write("deep/er/Some Artist - Some Title.flac", "untitled")
    assert await library.folder.look() == Progress(True, files=2, taken=2, refused=0, unsettled=0, waiting=0)
    assert library.titles() == ["First", "Some Title"]
    track = next(track for track in library.catalogue.tracks(Source.LIBRARY).values() if track.title == "Some Title")
    assert (track.artist, track.path) == ("Some Artist", str(library.media / "deep/er/Some Artist - Some Title.flac"))
    assert track.made_at == NOW


async def test_what_is_known_is_not_looked_at_again(library: Library) -> None:
    library.write("a.mp3", "First")
    library.write("b.mp3", "bad")
    await library.folder.look()
    await library.folder.look()
    assert (await library.restarted().look()).refused == 1
    assert library.intake.prepared == ["a.mp3", "b.mp3"]


async def test_a_file_that_grows_is_waited_for(library: Library) -> None:
    library.write("a.mp3", "Fir", age_seconds=0)
    assert (await library.folder.look()).unsettled == 1
    library.wait(SETTLE_SECONDS - 0.5)
    library.write("a.mp3", "First", age_seconds=0)
    assert (await library.folder.look()).unsettled == 1
    library.wait(SETTLE_SECONDS - 0.5)
    assert (await library.folder.look()).unsettled == 1
    assert library.intake.prepared == []
    library.wait(1.0)
    assert (await library.folder.look()).unsettled == 0
    assert library.titles() == ["First"]


async def test_a_file_that_changes_under_the_look_is_not_believed(library: Library) -> None:
    library.write("a.mp3", "First")
    library.write("b.mp3", "bad")
    library.intake.meanwhile = lambda: [library.write(name, "Second " + name, age_seconds=0) for name in ("a.mp3", "b.mp3")] and None
    await library.folder.look()
    assert library.titles() == []
    assert list(library.catalogue.refusals()) == []
    library.intake.meanwhile = lambda: None
    await library.folder.look()
    library.wait(SETTLE_SECONDS)
    await library.folder.look()
    assert library.titles() == ["Second a.mp3", "Second b.mp3"]


async def test_what_is_gone_is_taken_out_and_comes_back_without_decoding(library: Library) -> None:
    path = library.write("a.mp3", "First")
    await library.folder.look()
    path.rename(library.root / "a.mp3")
    await library.folder.look()
    assert library.titles() == []
    (library.root / "a.mp3").rename(path)
    await library.restarted().look()
    assert library.titles() == ["First"]
    assert library.intake.prepared == ["a.mp3"]


async def test_a_renamed_file_is_renamed_without_decoding(library: Library) -> None:
    path = library.write("X - Y.mp3", "untitled")
    await library.folder.look()
    path.rename(library.media / "A - B.mp3")
    await library.folder.look()
    track = library.only_track()
    assert (track.artist, track.title, Path(track.path).name) == ("A", "B", "A - B.mp3")
    assert library.intake.prepared == ["X - Y.mp3"]


async def test_equal_contents_are_one_track(library: Library) -> None:
    library.write("a.mp3", "Same")
    library.write("b.mp3", "Same")
    assert (await library.folder.look()).taken == 2
    assert library.only_track().path == str(library.media / "a.mp3")
    (library.media / "a.mp3").unlink()
    await library.folder.look()
    assert library.only_track().path == str(library.media / "b.mp3")
    (library.media / "b.mp3").unlink()
    await library.folder.look()
    assert library.titles() == []
    assert library.intake.prepared == ["a.mp3"]


async def test_a_refusal_is_kept_with_its_reason_until_the_file_changes(library: Library) -> None:
    path = library.write("a.mp3", "bad")
    await library.folder.look()
    refusal = library.catalogue.refusal(path)
    assert refusal is not None
    assert refusal.reason == "It is bad."
    library.write("a.mp3", "Better now")
    await library.folder.look()
    library.wait(SETTLE_SECONDS)
    await library.folder.look()
    assert library.titles() == ["Better now"]
    assert library.catalogue.refusal(path) is None


async def test_a_refusal_of_a_file_that_is_gone_is_lifted(library: Library) -> None:
    library.write("a.mp3", "bad").unlink()
    library.write("b.mp3", "bad")
    await library.folder.look()
    (library.media / "b.mp3").unlink()
    await library.folder.look()
    assert list(library.catalogue.refusals()) == []


async def test_a_failure_is_tried_again_after_a_rest(library: Library) -> None:
    library.write("a.mp3", "unlucky")
    library.write("b.mp3", "Fine")
    assert (await library.folder.look()).unsettled == 0
    assert (await library.folder.look()).unsettled == 1
    assert library.intake.prepared == ["a.mp3", "b.mp3"]
    assert library.titles() == ["Fine"]
    assert list(library.catalogue.refusals()) == []
    library.wait(RESCAN_SECONDS)
    await library.folder.look()
    assert library.intake.prepared == ["a.mp3", "b.mp3", "a.mp3"]
    library.wait(RESCAN_SECONDS)
    await library.folder.look()
    assert library.intake.prepared == ["a.mp3", "b.mp3", "a.mp3"]
    library.wait(RESCAN_SECONDS)
    await library.folder.look()
    assert library.intake.prepared == ["a.mp3", "b.mp3", "a.mp3", "a.mp3"]


async def test_a_changed_file_is_off_the_shelf_at_once(library: Library) -> None:
    library.write("a.mp3", "First")
    await library.folder.look()
    library.write("a.mp3", "Second", age_seconds=0)
    await library.folder.look()
    assert library.titles() == []
    library.wait(OLD_SECONDS)
    await library.folder.look()
    assert library.titles() == ["Second"]


async def test_a_missing_folder_is_an_empty_library_until_it_is_back(library: Library) -> None:
    library.write("a.mp3", "First")
    library.write("b.mp3", "bad")
    library.media.rename(library.root / "away")
    assert await library.folder.look() == Progress(False, 0, 0, 0, 0, 0)
    (library.root / "away").rename(library.media)
    await library.folder.look()
    library.media.rename(library.root / "away")
    assert await library.folder.look() == Progress(False, 0, 0, 0, 0, 0)
    assert library.titles() == []
    (library.root / "away").rename(library.media)
    await library.folder.look()
    assert library.titles() == ["First"]
    assert library.intake.prepared == ["a.mp3", "b.mp3"]


async def test_a_lost_index_takes_nothing_off_the_air(library: Library) -> None:
    for number in range(BATCH_FILES + 4):
        library.write(f"{number:02}.mp3", f"Track {number}")
    await library.folder.look()
    await library.folder.look()
    (library.root / "index.json").unlink()
    (library.media / "00.mp3").unlink()
    await library.restarted().look()
    assert len(library.titles()) == BATCH_FILES + 3


async def test_a_lost_catalogue_is_filled_without_decoding(library: Library) -> None:
    library.write("a.mp3", "First")
    await library.folder.look()
    library.catalogue.remove(library.only_track().id)
    await library.folder.look()
    assert library.titles() == ["First"]
    assert library.intake.prepared == ["a.mp3"]


async def test_what_the_engine_refuses_leaves_the_library(library: Library) -> None:
    path = library.write("a.mp3", "First")
    await library.folder.look()
    library.catalogue.refuse(path, "It is silent on air.")
    assert (await library.folder.look()).refused == 1
    assert library.titles() == []
    assert library.catalogue.refusal(path) is not None


async def test_studio_tracks_are_none_of_its_business(library: Library) -> None:
    take = Track("f" * 16, "T", "A", Source.STUDIO, "/state/studio/f.flac", 480_000, -16.0, -1.0, 0, 470_000, 480_000)
    library.catalogue.put(take)
    library.catalogue.refuse("/state/studio/e.flac", "It is bad.")
    await library.folder.look()
    assert library.catalogue.track(take.id) == take
    assert library.catalogue.refusal("/state/studio/e.flac") is not None


async def test_a_large_folder_is_taken_in_by_and_by(library: Library) -> None:
    for number in range(BATCH_FILES + 4):
        library.write(f"{number:02}.mp3", f"Track {number}")
    first = await library.folder.look()
    assert (first.taken, first.waiting) == (BATCH_FILES, 4)
    second = await library.folder.look()
    assert (second.taken, second.waiting) == (BATCH_FILES + 4, 0)
    assert [progress.waiting for progress in library.progress[:3]] == [BATCH_FILES + 4, BATCH_FILES + 3, BATCH_FILES + 2]


async def test_links_out_of_the_folder_are_told_of_once(library: Library) -> None:
    (library.root / "elsewhere").mkdir()
    (library.media / "link").symlink_to(library.root / "elsewhere")
    assert (await library.folder.look()).refused == 1
    await library.folder.look()
    [refusal] = library.catalogue.refusals()
    assert refusal.path == str(library.media / "link")


class FullDisk(Catalogue):
    """Cannot be written to."""

    def put(self, track: Track) -> None:  # noqa: ARG002
        raise OSError(28, "No space left on device")

    def refuse(self, path: str | Path, reason: str) -> None:  # noqa: ARG002
        raise OSError(28, "No space left on device")


async def test_a_full_disk_ends_nothing(library: Library) -> None:
    library.catalogue = FullDisk(library.root / "catalogue")
    library.restarted()
    library.write("a.mp3", "First")
    library.write("b.mp3", "bad")
    for _ in range(3):
        await library.folder.look()
        library.wait(RESCAN_SECONDS)
    library.catalogue = Catalogue(library.root / "catalogue")
    await library.restarted().look()
    assert library.titles() == ["First"]


async def test_it_runs_and_notices_what_comes_and_goes(library: Library) -> None:
    """On the system's own word: nothing here waits for the next rescan."""
    library.media.rmdir()
    seen = asyncio.Condition()

    async def until(titles: list[str]) -> None:
        async with asyncio.timeout(30), seen:
            await seen.wait_for(lambda: library.titles() == titles)

    async def tell() -> None:
        async with seen:
            seen.notify_all()

    telling: set[asyncio.Task[None]] = set()
    library.on_progress = lambda _: telling.add(asyncio.ensure_future(tell()))
    running = asyncio.ensure_future(library.restarted().run())
    await until([])
    library.write("a.mp3", "First")
    await until(["First"])
    library.write("b.mp3", "Second")
    await until(["First", "Second"])
    (library.media / "a.mp3").unlink()
    await until(["Second"])
    running.cancel()
    await asyncio.gather(running, *telling, return_exceptions=True)
    assert running.cancelled()


@pytest.mark.real
async def test_real_files_become_tracks_by_their_real_intake(tmp_path: Path) -> None:
    media = tmp_path / "media"
    sounds = make_sound_files(media, seconds=5.0)
    (media / "list.mp3").write_text("#EXTM3U\nhttp://127.0.0.1:9/x.mp3\n")
    (media / "passwd.mp3").symlink_to("/etc/passwd")
    (media / "line\r\nbreak \u202ename.mp3").write_bytes((media / "music.mp3").read_bytes() + b"\0")
    catalogue = Catalogue(tmp_path / "catalogue")
    clock = VirtualClock(NOW)
    accession = Accession(Intake([media]), tmp_path / "scratch.npy")
    folder = MediaFolder(media, MediaIndex(tmp_path / "index.json"), accession, catalogue, clock)
    assert await folder.look() == Progress(True, files=len(sounds) + 3, taken=len(sounds) + 1, refused=2, unsettled=0, waiting=0)
    tracks = {track.path: track for track in catalogue.tracks(Source.LIBRARY).values()}
    for sound in sounds:
        track = tracks[str(sound.path)]
        assert (track.title, track.artist) == (sound.title or "You Are Listening", sound.artist or "Station Voice")
        assert track.frames == pytest.approx(48_000 * sound.seconds, abs=2200)
        assert track.loudness_lufs == pytest.approx(sound.level_dbfs, abs=6)
        assert 0 <= track.cue_in_frames < track.start_next_frames <= track.cue_out_frames <= track.frames
    assert sorted(Path(refusal.path).name for refusal in catalogue.refusals()) == ["list.mp3", "passwd.mp3"]


async def test_tracks_that_others_put_into_the_library_are_left_alone(library: Library) -> None:
    library.write("a.mp3", "one")
    await library.folder.look()
    taken = library.only_track()
    uploaded = replace(taken, id="1" * 16, path=str(library.root / "uploads" / "sent.flac"), title="sent")
    elsewhere = replace(taken, id="2" * 16, path=str(library.root / "gone" / "old.flac"), title="of another folder")
    library.catalogue.put(uploaded)
    library.catalogue.put(elsewhere)
    await library.restarted().look()
    assert library.titles() == ["one", "sent"]
