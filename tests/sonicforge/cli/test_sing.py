"""`sonicforge sing`: a model's sound in a file and in a pipe, and what it says where it cannot be."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from dsp.block import SAMPLE_RATE, Samples, frames_of
from sonicforge.cli.sing import Song, run
from sonicforge.takes import write_flac
from tests.models import RATE, models, tiny_musicgen

pytestmark = pytest.mark.real
models("torch", "transformers")

HEADER_BYTES = 44
SAMPLE_BYTES = 2


def tune(*hertz: float, seconds: float = 1.0) -> Samples:
    """One tone after another."""
    turn = 2 * np.pi * np.arange(frames_of(seconds)) / SAMPLE_RATE
    return np.tile(np.concatenate([0.3 * np.sin(one * turn) for one in hertz]).astype(np.float32), (2, 1))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With a model that hears melodies, one that does not, two tunes, a long one and a letter."""
    folder = tmp_path_factory.mktemp("sing")
    tiny_musicgen(folder / "melody", melody=True)
    tiny_musicgen(folder / "stereo", channels=2)
    write_flac(folder / "rising.flac", tune(261.6, 329.6, 392.0), {})
    write_flac(folder / "falling.flac", tune(466.2, 370.0, 277.2), {})
    write_flac(folder / "long.flac", tune(440.0, seconds=9.0), {})
    (folder / "letter.flac").write_text("Dear Sirs, this is no sound.")
    (folder / "config.toml").touch()
    return folder


def song(folder: Path, out: Path) -> Song:
    return Song("a calm tune", 3.0, 7, None, folder / "rising.flac", str(folder / "melody"), str(out))


def sung(song: Song, folder: Path) -> "np.ndarray[tuple[int, int], np.dtype[np.int16]]":
    """What it leaves in its file."""
    assert run(song, folder / "config.toml") == 0
    with av.open(song.out) as file:
        assert file.streams.audio[0].rate == RATE
        return np.concatenate([frame.to_ndarray().reshape(-1) for frame in file.decode(audio=0)])


def test_a_tune_is_followed_and_the_same_song_is_the_same_sound(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one = song(folder, tmp_path / "one.wav")
    first, again = sung(one, folder), sung(replace(one, out=str(tmp_path / "again.flac")), folder)
    assert first.size == 3 * RATE
    assert np.array_equal(first, again)
    assert not np.array_equal(first, sung(replace(one, melody=folder / "falling.flac"), folder))
    assert not np.array_equal(first, sung(replace(one, melody=None), folder))
    told = capsys.readouterr().err.splitlines()
    assert told[0].endswith("loading the model")
    assert "3 of 3 s of sound" in told[-2]
    assert "CC-BY-NC-4.0: nobody may be paid for it" in told[-1]


def test_it_goes_on_from_an_opening(folder: Path, tmp_path: Path) -> None:
    one = replace(song(folder, tmp_path / "one.wav"), seconds=5.0, melody=None, opening=folder / "rising.flac")
    opened, alone = sung(one, folder), sung(replace(one, opening=None), folder)
    assert opened.size == alone.size == 5 * RATE
    assert not np.array_equal(opened[:RATE], alone[:RATE])
    assert not np.array_equal(opened[-RATE:], alone[-RATE:]), "what comes after it hangs on what it was"


def test_its_file_says_whose_it_is(folder: Path, tmp_path: Path) -> None:
    one = song(folder, tmp_path / "one.flac")
    assert run(one, folder / "config.toml") == 0
    with av.open(one.out) as file:
        assert file.metadata["title"] == "a calm tune"
        assert file.metadata["license"] == "CC-BY-NC-4.0"
        assert "seed 7" in file.metadata["comment"]


def test_a_player_hears_the_beginning_while_the_rest_is_made(folder: Path) -> None:
    said = ["sing", "a calm tune", "--seconds", "14", "--model", str(folder / "stereo"), "--out", "-"]
    with subprocess.Popen([sys.executable, "-m", "sonicforge", *said], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        header = process.stdout.read(HEADER_BYTES)
        assert (header[:4], header[8:12]) == (b"RIFF", b"WAVE")
        assert process.stdout.read(2 * SAMPLE_BYTES * RATE)
        assert process.poll() is None, "a second was heard before fourteen were made"
        process.stdout.close()  # the player has heard enough
        assert process.stderr is not None
        assert "whoever listened has gone" in process.stderr.read().decode().splitlines()[-1]
        assert process.wait(60) == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"out": "song.mp3"}, "must end with .wav or .flac"),
        ({"out": "nowhere/song.wav"}, "there is no folder nowhere"),
        ({"model": "nowhere"}, "the weights of nowhere cannot be loaded"),
        ({"model": "stereo"}, "hears no melody"),
        ({"opening": "long.flac"}, "lasts 9.0 s and counts as part of the 3 s"),
        ({"opening": "missing.flac"}, "missing.flac: It cannot be found"),
        ({"melody": "letter.flac"}, "letter.flac: It is not a sound file"),
    ],
)
def test_what_cannot_be_is_said(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], changes: dict[str, str], words: str
) -> None:
    monkeypatch.chdir(folder)
    found = {name: Path(value) if name in ("opening", "melody") else value for name, value in changes.items()}
    assert run(replace(song(folder, tmp_path / "song.wav"), **found), folder / "config.toml") == 1
    said = capsys.readouterr().err.splitlines()
    assert said[-1].startswith("sonicforge: ")
    assert words in said[-1]
    assert not (tmp_path / "song.wav").exists()
