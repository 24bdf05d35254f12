"""What people listen with: ffmpeg, mpv and VLC, on every output, each judged by the sound that it decoded; and the station's own monitor,
which plays on a sound card or says why it cannot.
"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.listeners.heard import assert_heard, listen
from tests.listeners.station import RunningStation
from tests.programs import program

pytestmark = pytest.mark.real
MOUNTS = ["radio.mp3", "radio.aac", "radio.opus"]
SECONDS = 8.0

CARD = """
pcm.!default {{ type file; slave.pcm null; file "{file}"; format raw }}
pcm.null {{ type null }}
ctl.!default {{ type null }}
"""
"""A card that writes down what it would play."""


@pytest.fixture(params=["library", "studio"])
def station(request: pytest.FixtureRequest) -> RunningStation:
    """Each player hears real files and the studio's music."""
    found: RunningStation = request.getfixturevalue(f"{request.param}_station")
    return found


@pytest.mark.parametrize("mount", MOUNTS)
def test_ffmpeg_hears_each_mount(station: RunningStation, mount: str) -> None:
    assert_heard(listen(f"{station.base}/listen/main/{mount}", seconds=SECONDS), SECONDS - 0.1)


@pytest.mark.parametrize("rung", range(4))
def test_ffmpeg_hears_each_rung(station: RunningStation, rung: int) -> None:
    heard = listen(f"{station.base}/hls/main/live.m3u8", "-live_start_index", "-3", seconds=SECONDS)
    assert_heard(heard, SECONDS - 0.1)
    probed = subprocess.run(
        [
            program("ffprobe"),
            "-v",
            "error",
            "-select_streams",
            f"a:{rung}",
            "-show_entries",
            "stream=codec_name,sample_rate,channels",
            "-of",
            "csv=p=0",
            f"{station.base}/hls/main/live.m3u8",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert "aac,48000,2" in probed.stdout


def test_ffmpeg_sees_the_title(station: RunningStation) -> None:
    done = subprocess.run(
        [
            program("ffprobe"),
            "-v",
            "error",
            "-show_entries",
            "format_tags=StreamTitle,icy-name",
            "-of",
            "default=nw=1",
            f"{station.base}/listen/main/radio.mp3",
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert any(title in done.stdout for title in station.titles_in_band())
    assert "SonicForge" in done.stdout


@pytest.mark.parametrize("address", ["/listen/main/radio.mp3", "/listen/main/radio.opus", "/hls/main/live.m3u8", "/listen/main.m3u"])
def test_mpv_hears_it(station: RunningStation, recording: Path, address: str) -> None:
    done = subprocess.run(
        [
            program("mpv"),
            "--no-config",
            "--no-video",
            "--untimed=no",
            f"--length={SECONDS}",
            "--ao=pcm",
            f"--ao-pcm-file={recording}",
            "--term-playing-msg=title=${media-title} icy=${metadata/by-key/icy-title}",
            station.base + address,
        ],
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert_heard(listen(recording), SECONDS - 1)
    if address.endswith(".mp3"):
        assert any(title in done.stdout for title in station.titles_in_band())


@pytest.mark.parametrize("address", ["/listen/main/radio.mp3", "/listen/main/radio.aac", "/hls/main/live.m3u8", "/listen/main.pls"])
def test_vlc_hears_it(station: RunningStation, recording: Path, address: str) -> None:
    output = f"#transcode{{acodec=s16l,channels=2,samplerate=48000}}:std{{access=file,mux=wav,dst={recording}}}"
    command = [
        program("cvlc"),
        "-vv",
        "--no-interact",
        "--sout-keep",
        "--sout",
        output,
        f"--run-time={SECONDS + 4}",
        station.base + address,
        "vlc://quit",
    ]
    if os.geteuid() == 0:  # VLC refuses to run as root
        command = [program("runuser"), "-u", "nobody", "--", "env", f"HOME={recording.parent}", *command]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=90, check=False)
    assert recording.exists(), done.stderr[-3000:]
    assert_heard(listen(recording), SECONDS - 3)
    if address.endswith("radio.mp3"):
        titles = re.findall(r"New Icy-Title=(.*)", done.stderr)
        assert titles, done.stderr[-3000:]
        assert any(title in titles[-1] for title in station.titles_in_band())


def monitor(station: RunningStation, folder: Path, card: str, *words: str) -> "subprocess.Popen[str]":
    (folder / "asound.conf").write_text(card)
    environment = {**station.environment, "ALSA_CONFIG_PATH": str(folder / "asound.conf"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "sonicforge", "monitor", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_plays_what_is_on_air(studio_station: RunningStation, tmp_path: Path) -> None:
    sound = tmp_path / "played.raw"
    playing = monitor(studio_station, tmp_path, CARD.format(file=sound), "--buffer", "0.1")
    try:
        assert playing.stdout is not None
        said = [playing.stdout.readline() for _ in range(2)]
        assert "Playing main" in said[0], (said, playing.poll() is not None and playing.stderr and playing.stderr.read())
        assert said[1].strip().rpartition(" - ")[2] in studio_station.titles_in_band()
        studio_station.until(lambda: sound.stat().st_size > 400_000, 20, "the card gets sound")
    finally:
        playing.send_signal(signal.SIGINT)
        out, err = playing.communicate(timeout=15)
    assert playing.returncode == 0, out + err
    assert any(sound.read_bytes())


def test_without_a_card_it_says_what_to_do(studio_station: RunningStation, tmp_path: Path) -> None:
    playing = monitor(studio_station, tmp_path, CARD.format(file=tmp_path / "none"), "--device", "Gramophone")
    _, err = playing.communicate(timeout=30)
    assert playing.returncode == 2, err
    assert "--devices" in err
    assert err.count("\n") == 1
