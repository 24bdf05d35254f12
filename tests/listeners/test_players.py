"""What people listen with: ffmpeg, mpv and VLC, on every output, each judged by the sound that it decoded; and the station's own monitor,
which plays on a sound card or says why it cannot.
"""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from tempfile import gettempdir

import pytest

from tests.listeners.heard import Heard, assert_heard, listen
from tests.listeners.station import RunningStation
from tests.programs import program

pytestmark = pytest.mark.real
SECONDS = 8.0
AT_A_TIME = 4

CARD = """
pcm.!default {{ type file; slave.pcm null; file "{file}"; format raw }}
pcm.null {{ type null }}
ctl.!default {{ type null }}
"""
"""A card that writes down what it would play."""


Hears = Callable[[RunningStation, str, Path], "Played"]
Audience = Mapping[tuple[Hears, str], "Future[Played]"]


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a player."""

    heard: Heard
    said: str
    titles: set[str]
    """What the station said meanwhile that it airs."""


def by_ffmpeg(station: RunningStation, address: str, _folder: Path) -> Played:
    from_live = ("-live_start_index", "-3") if address.endswith(".m3u8") else ()
    return Played(listen(station.base + address, *from_live, seconds=SECONDS), "", set())


def by_mpv(station: RunningStation, address: str, folder: Path) -> Played:
    recording = folder / "heard.wav"
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
    return Played(listen(recording), done.stdout, station.titles_in_band())


def by_vlc(station: RunningStation, address: str, folder: Path) -> Played:
    recording = folder / "heard.wav"
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
        let_others_write(folder)
        command = [program("runuser"), "-u", "nobody", "--", "env", f"HOME={folder}", *command]
    done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=90, check=False)
    assert recording.exists(), done.stderr[-3000:]
    return Played(listen(recording), done.stderr, station.titles_in_band())


def let_others_write(folder: Path) -> None:
    """Of its parents too, up to the first that is not ours, everybody may then pass."""
    for place in (folder, *folder.parents):
        if place.stat().st_uid and place != Path("/"):
            continue
        if place.is_relative_to(gettempdir()) and place != Path(gettempdir()):
            place.chmod(0o777)


BY_FFMPEG = ("/listen/main/radio.mp3", "/listen/main/radio.aac", "/listen/main/radio.opus", "/hls/main/live.m3u8")
BY_MPV = ("/listen/main/radio.mp3", "/listen/main/radio.opus", "/hls/main/live.m3u8", "/listen/main.m3u")
BY_VLC = ("/listen/main/radio.mp3", "/listen/main/radio.aac", "/hls/main/live.m3u8", "/listen/main.pls")
PLAYERS: tuple[tuple[Hears, tuple[str, ...]], ...] = ((by_ffmpeg, BY_FFMPEG), (by_mpv, BY_MPV), (by_vlc, BY_VLC))


@pytest.fixture(scope="module", params=["library", pytest.param("studio", marks=pytest.mark.long)])
def station(request: pytest.FixtureRequest) -> RunningStation:
    """Each player hears real files and the studio's music."""
    found: RunningStation = request.getfixturevalue(f"{request.param}_station")
    return found


@pytest.fixture(scope="module")
def audience(station: RunningStation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audience]:
    """Every player at every address, some at a time: they come together, as listeners do."""
    with ThreadPoolExecutor(AT_A_TIME) as door:
        yield {
            (player, address): door.submit(player, station, address, tmp_path_factory.mktemp("heard"))
            for player, addresses in PLAYERS
            for address in addresses
        }


@pytest.mark.parametrize("address", BY_FFMPEG)
def test_ffmpeg_hears_it(audience: Audience, address: str) -> None:
    assert_heard(audience[by_ffmpeg, address].result().heard, SECONDS - 0.1)


@pytest.mark.parametrize("rung", range(4))
def test_ffprobe_finds_each_rung(station: RunningStation, rung: int) -> None:
    told = probed(station, "/hls/main/live.m3u8", "stream=codec_name,sample_rate,channels", "csv=p=0", "-select_streams", f"a:{rung}")
    assert "aac,48000,2" in told


def test_ffprobe_sees_the_title(station: RunningStation) -> None:
    told = probed(station, "/listen/main/radio.mp3", "format_tags=StreamTitle,icy-name", "default=nw=1")
    assert any(title in told for title in station.titles_in_band())
    assert "SonicForge" in told


def probed(station: RunningStation, address: str, entries: str, form: str, *options: str) -> str:
    """What ffprobe tells of an address."""
    command = [program("ffprobe"), "-v", "error", *options, "-show_entries", entries, "-of", form, station.base + address]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout


@pytest.mark.parametrize("address", BY_MPV)
def test_mpv_hears_it(audience: Audience, address: str) -> None:
    played = audience[by_mpv, address].result()
    assert_heard(played.heard, SECONDS - 1)
    if address.endswith(".mp3"):
        assert any(title in played.said for title in played.titles)


@pytest.mark.parametrize("address", BY_VLC)
def test_vlc_hears_it(audience: Audience, address: str) -> None:
    played = audience[by_vlc, address].result()
    assert_heard(played.heard, SECONDS - 3)
    if address.endswith("radio.mp3"):
        titles = re.findall(r"New Icy-Title=(.*)", played.said)
        assert titles, played.said[-3000:]
        assert any(title in titles[-1] for title in played.titles)


def monitor(station: RunningStation, folder: Path, card: str, *words: str) -> "subprocess.Popen[str]":
    (folder / "asound.conf").write_text(card)
    environment = {**station.environment, "ALSA_CONFIG_PATH": str(folder / "asound.conf"), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "sonicforge", "monitor", *words]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def test_it_plays_what_is_on_air(library_station: RunningStation, tmp_path: Path) -> None:
    sound = tmp_path / "played.raw"
    playing = monitor(library_station, tmp_path, CARD.format(file=sound), "--buffer", "0.1")
    try:
        assert playing.stdout is not None
        said = [playing.stdout.readline() for _ in range(2)]
        assert "Playing main" in said[0], (said, playing.poll() is not None and playing.stderr and playing.stderr.read())
        assert said[1].strip().rpartition(" - ")[2] in library_station.titles_in_band()
        library_station.until(lambda: sound.stat().st_size > 400_000, 20, "the card gets sound")
    finally:
        playing.send_signal(signal.SIGINT)
        out, err = playing.communicate(timeout=15)
    assert playing.returncode == 0, out + err
    assert any(sound.read_bytes())


def test_without_a_card_it_says_what_to_do(library_station: RunningStation, tmp_path: Path) -> None:
    playing = monitor(library_station, tmp_path, CARD.format(file=tmp_path / "none"), "--device", "Gramophone")
    _, err = playing.communicate(timeout=30)
    assert playing.returncode == 2, err
    assert "--devices" in err
    assert err.count("\n") == 1
