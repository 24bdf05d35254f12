"""Intake from outside: what it opens, what it believes, and what comes of hostile and of sound files in its real child."""

import asyncio
import json
import os
import subprocess
import sys
import wave
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from time import monotonic

import numpy as np
import pytest

from server.intake.intake import Intake
from server.intake.minder import Policy
from server.intake.prepared import load
from server.intake.refusal import IntakeError, Refused
from server.intake.sandbox import Hold
from server.intake.tags import Tags, entitled
from tests.hostile_files import Canary, HostileFile, make_hostile_files
from tests.programs import program
from tests.sound_files import make_sound_files

REPORT = {
    "frames": 2,
    "peak_dbfs": -3.0,
    "container": "wav",
    "codec": "pcm_s16le",
    "sample_rate": 48_000,
    "channels": 2,
    "tags": {"title": "a\nb", "artist": "", "album": "", "genre": ""},
    "hold": "filter",
    "peak_memory_bytes": 1,
    "cpu_seconds": 0.1,
}
SAMPLES = "os.pwrite(int(sys.argv[2]), bytes(16), 128)"


def faked(folder: Path, script: str, at_once: int = 2) -> Intake:
    """An intake whose child runs `script`."""
    child = [sys.executable, "-S", "-c", f"import os, sys, time\n{script}"]
    return Intake([folder], Policy(wall_seconds=20.0), at_once, child)


def saying(answer: object) -> str:
    return f"print({json.dumps(answer)!r})"


@pytest.fixture
def media(tmp_path: Path) -> Path:
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "a.mp3").write_bytes(b"content")
    return tmp_path / "media"


def left_behind(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_a_files_id_is_its_contents(media: Path) -> None:
    assert await Intake([media]).identify(media / "a.mp3") == sha256(b"content").hexdigest()[:16]


async def test_opens_only_regular_files_of_its_folders(media: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp3"
    secret.write_bytes(b"secret")
    (media / "out.mp3").symlink_to(secret)
    (media / "deep").symlink_to(tmp_path)
    (media / "nowhere.mp3").symlink_to("missing")
    (media / "round.mp3").symlink_to("round.mp3")
    (media / "folder.mp3").mkdir()
    os.mkfifo(media / "pipe.mp3")
    (media / "empty.mp3").touch()
    with (media / "large.mp3").open("wb") as large:
        large.truncate(200_000_001)
    reasons = {
        "out.mp3": "leads out",
        "deep/secret.mp3": "leads out",
        "../secret.mp3": "leads out",
        "nowhere.mp3": "cannot be found",
        "round.mp3": "cannot be found",
        "missing.mp3": "cannot be found",
        "nul\0.mp3": "cannot be found",
        "folder.mp3": "not a regular file",
        "pipe.mp3": "not a regular file",
        "empty.mp3": "is empty",
        "large.mp3": "has 200 MB; allowed are 200 MB",
    }
    for name, reason in reasons.items():
        for look in (Intake([media]).identify, Intake([media]).inspect):
            with pytest.raises(Refused, match=reason):
                await look(media / name)


async def test_a_link_within_the_folder_is_its_target(media: Path) -> None:
    (media / "b.mp3").symlink_to("a.mp3")
    assert await Intake([media]).identify(media / "b.mp3") == sha256(b"content").hexdigest()[:16]


async def test_believes_a_report_that_fits_and_cleans_its_tags(media: Path, tmp_path: Path) -> None:
    target = tmp_path / "track.npy"
    report = await faked(media, f"{SAMPLES}\n{saying({'report': REPORT})}").prepare(media / "a.mp3", target)
    assert report.tags == Tags("a b")
    assert load(target).shape == (2, 2)
    assert left_behind(tmp_path) == ["media", "track.npy"]


@pytest.mark.parametrize(
    "answer",
    [
        None,
        {},
        [],
        {"report": None},
        {"report": REPORT, "more": 1},
        {"report": {**REPORT, "frames": 0}},
        {"report": {**REPORT, "frames": -5}},
        {"report": {**REPORT, "frames": 1e300}},
        {"report": {**REPORT, "frames": 3}},
        {"report": {**REPORT, "codec": "x\n"}},
        {"report": {**REPORT, "container": "y" * 65}},
        {"report": {**REPORT, "tags": {"title": 5}}},
        {"report": {**REPORT, "path": "/etc/passwd"}},
        {"report": {**REPORT, "hold": "nothing"}},
    ],
)
async def test_believes_nothing_else(media: Path, tmp_path: Path, answer: object) -> None:
    with pytest.raises(Refused):
        await faked(media, f"{SAMPLES}\n{saying(answer)}").prepare(media / "a.mp3", tmp_path / "track.npy")
    assert left_behind(tmp_path) == ["media"]


@pytest.mark.parametrize("script", ["", "print()", "print('{')", "os.write(1, bytes([255, 254, 10]))", "print('[' * 50000)"])
async def test_a_garbled_answer_refuses_the_file(media: Path, tmp_path: Path, script: str) -> None:
    with pytest.raises(Refused, match="no sensible answer"):
        await faked(media, script).prepare(media / "a.mp3", tmp_path / "track.npy")
    assert left_behind(tmp_path) == ["media"]


async def test_a_reason_is_cleaned_too(media: Path) -> None:
    with pytest.raises(Refused) as refusal:
        await faked(media, saying({"refused": "is\x1b[2J bad\r\n"})).inspect(media / "a.mp3")
    assert refusal.value.reason == "It is [2J bad."


async def test_a_failure_is_not_the_files_fault(media: Path, tmp_path: Path) -> None:
    with pytest.raises(IntakeError, match=r"No room\."):
        await faked(media, saying({"failed": "No room."})).prepare(media / "a.mp3", tmp_path / "track.npy")
    with pytest.raises(IntakeError, match="no room"):
        await faked(media, "").prepare(media / "a.mp3", tmp_path / "missing" / "track.npy")


async def test_what_is_there_stays_until_the_new_one_is_whole(media: Path, tmp_path: Path) -> None:
    target = tmp_path / "track.npy"
    target.write_bytes(b"old")
    with pytest.raises(Refused):
        await faked(media, saying({"refused": "is bad"})).prepare(media / "a.mp3", target)
    assert target.read_bytes() == b"old"


async def test_so_many_at_a_time_and_no_more(media: Path, tmp_path: Path) -> None:
    """Each child holds a folder that only one can make."""
    busy = tmp_path / "busy"
    script = f"os.mkdir({str(busy)!r}); time.sleep(0.02); os.rmdir({str(busy)!r})\n{saying({'report': REPORT})}"
    one = faked(media, script, at_once=1)
    assert len(await asyncio.gather(*(one.inspect(media / "a.mp3") for _ in range(6)))) == 6


async def test_called_off_it_leaves_neither_child_nor_file(media: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pid")
    script = f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    looking = asyncio.ensure_future(faked(media, script).prepare(media / "a.mp3", tmp_path / "track.npy"))
    pid = int(await asyncio.to_thread((tmp_path / "pid").read_text))
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert left_behind(tmp_path) == ["media", "pid"]


def test_the_real_child_hands_over_every_sample(media: Path, tmp_path: Path) -> None:
    samples = np.random.default_rng(1).integers(-32768, 32767, (100_000, 2), "<i2")
    with wave.open(str(media / "noise.wav"), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(48_000)
        writer.writeframes(samples.tobytes())
    report = Intake([media]).prepare_now(media / "noise.wav", tmp_path / "track.npy")
    assert report.frames == 100_000
    assert np.array_equal(load(tmp_path / "track.npy"), (samples.T / 32768).astype(np.float32))
    assert report.peak_memory_bytes < 256 << 20
    if sys.platform == "linux":
        assert report.hold is Hold.FILTER


def test_a_place_that_takes_no_files_is_nobodys_fault(media: Path) -> None:
    with pytest.raises(IntakeError, match="no room"):
        Intake([media]).prepare_now(media / "a.mp3", Path("/proc/track.npy"))


@pytest.fixture
def canary() -> Iterator[Canary]:
    bird = Canary()
    yield bird
    bird.close()


async def harm(intake: Intake, policy: Policy, file: HostileFile, target: Path) -> list[str]:
    """What goes wrong with a hostile file."""
    begun = monotonic()
    wrong: list[str] = []
    try:
        report = await intake.prepare(file.path, target)
    except Refused as refusal:
        is_sentence = (
            refusal.reason.startswith(("It ", "Its ", "Decoding ")) and refusal.reason.endswith(".") and refusal.reason.isprintable()
        )
        wrong += [] if is_sentence else [f"no sentence: {refusal.reason!r}"]
    else:
        await asyncio.to_thread(target.unlink)
        titles = (report.tags.title, entitled(report.tags, file.path.stem).title)
        wrong += [] if file.may_play else [f"it was taken: {report}"]
        wrong += [] if report.peak_memory_bytes <= policy.memory_bytes else [f"it took {report.peak_memory_bytes >> 20} MB"]
        wrong += [] if all(title.isprintable() and len(title) <= 256 for title in titles) else [f"cannot be shown: {titles}"]
    seconds = monotonic() - begun
    wrong += [] if seconds <= policy.wall_seconds + 1 else [f"it took {seconds:.0f} s"]
    return [f"{file.path.name!r}: {what}" for what in wrong]


@pytest.mark.real
@pytest.mark.timeout(300)
async def test_hostile_files_are_refused_and_do_no_harm(tmp_path: Path, canary: Canary) -> None:
    secret = tmp_path / "secret.wav"
    subprocess.run([program("ffmpeg"), "-loglevel", "error", "-f", "lavfi", "-i", "sine=1000:d=3", str(secret)], check=True)  # noqa: ASYNC221
    corpus = make_hostile_files(tmp_path / "media", secret, canary.port)
    before = left_behind(tmp_path)
    policy = Policy(longest_seconds=60)
    intake = Intake([tmp_path / "media"], policy, at_once=1)
    wrong = [what for number, file in enumerate(corpus) for what in await harm(intake, policy, file, tmp_path / f"{number}.npy")]
    assert wrong == []
    assert canary.calls == 0
    assert left_behind(tmp_path) == before


@pytest.mark.real
def test_sound_files_of_every_format_are_taken_as_they_are(tmp_path: Path) -> None:
    intake = Intake([tmp_path / "media"])
    for file in make_sound_files(tmp_path / "media", seconds=5.0):
        report = intake.prepare_now(file.path, tmp_path / "track.npy")
        assert report.tags == Tags(file.title, file.artist, file.album, file.genre), file.path.name
        assert report.frames == pytest.approx(48_000 * file.seconds, abs=2200), file.path.name
        level = 10 * np.log10(np.mean(np.square(load(tmp_path / "track.npy"), dtype=np.float64)))
        # LAME turns what it encodes down by up to half a decibel.
        assert level == pytest.approx(file.level_dbfs, abs=0.6), file.path.name
