"""DJs' programs at a running station: ffmpeg and Liquidsoap take over, are heard and named, and the next track follows them."""

import asyncio
import subprocess
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from control.permissions import Permission, Role
from dsp.block import SAMPLE_RATE, Samples
from tests.listeners.heard import LONGEST_PAUSE_SECONDS, decode, judge
from tests.listeners.people import people_of
from tests.listeners.station import RunningStation, free_port, running_station
from tests.programs import program
from tests.sound_files import RATE, music

pytestmark = pytest.mark.real

MARKER_HERTZ = 1_000
STEP_SECONDS = 0.1
TITLES = ("One", "Two", "Three", "Four", "Five", "Six")
SHOW_SECONDS = 6.0
SETTLED_SECONDS = 3.0
BURST_SECONDS = 4.3
"""What a listener is behind, and gets at once."""
TOLERANCE_SECONDS = 2.5
"""A busy machine sees late what happened."""
FORMATS = {
    "mp3": ("-c:a", "libmp3lame", "-b:a", "128k", "-f", "mp3"),
    "aac": ("-c:a", "aac", "-b:a", "128k", "-f", "adts", "-content_type", "audio/aac"),
    "opus": ("-c:a", "libopus", "-b:a", "96k", "-f", "ogg", "-content_type", "application/ogg"),
    "ogg-flac": ("-c:a", "flac", "-f", "ogg", "-content_type", "audio/ogg", "-legacy_icecast", "1"),
    "flac": ("-c:a", "flac", "-f", "flac", "-content_type", "audio/flac"),
}
LIQUIDSOAP = """\
settings.init.allow_root.set(true)
settings.log.stdout.set(true)
settings.log.file.set(false)
settings.frame.audio.samplerate.set(48000)
s = insert_metadata(sine({hertz}.))
output.icecast(%{encoder}, fallible=true, host="127.0.0.1", port={port}, password="{key}", mount="main", name="Liquid Show", s)
thread.run(delay=1., fun () -> s.insert_metadata([("title", "Flüssig"), ("artist", "Die Seife")]))
"""


@dataclass(frozen=True)
class Stage:
    """A running station with a source port, and a DJ's key."""

    station: RunningStation
    source_port: int
    key: str

    @property
    def mount(self) -> str:
        return f"icecast://source:{self.key}@127.0.0.1:{self.source_port}/main"

    def playing(self) -> dict[str, Any]:
        return self.station.now_playing()

    def shows(self, text: str) -> bool:
        """Whether listeners are told this now."""
        return bool(self.playing()["now_playing"]["song"]["text"] == text)

    def last_before_live(self) -> tuple[str, str]:
        """Waits until a DJ is on air: what aired before him, and what was to follow it."""
        seen: list[tuple[str, str]] = []

        def live() -> bool:
            playing = self.playing()
            if not playing["live"]["is_live"] and playing["playing_next"]:
                seen.append((playing["now_playing"]["song"]["text"], playing["playing_next"]["song"]["text"]))
            return bool(playing["live"]["is_live"])

        self.station.until(live, 30, "the DJ on air")
        return seen[-1]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("stage")
    (folder / "media").mkdir()
    for number, title in enumerate(TITLES):
        _write(folder / "media" / f"{title} Band - {title}.wav", music(60.0, key=number))
    port = free_port()
    rests = {"STATIONS__MAIN__TITLE_SEPARATION_MINUTES": "0", "STATIONS__MAIN__ARTIST_SEPARATION_MINUTES": "0"}
    with running_station(folder, free_port(), STUDIO__ENABLED="false", LIVE__SOURCE_PORT=str(port), **rests) as station:
        station.until(lambda: station.airs("library"), 90, "a file of the media folder on air")
        station.until(lambda: f"tracks={len(TITLES)} waiting=0" in station.log.read_text(), 90, "all files in the library")
        station.ctl("skip")  # to a track that was chosen among all of them
        yield Stage(station, port, asyncio.run(_key(station)))


async def _key(station: RunningStation) -> str:
    async with people_of(station) as people:
        return await people.key(Role.DJ, frozenset({Permission.STATION_LIVE_TAKEOVER}))


def _write(path: Path, sound: np.ndarray) -> None:
    with wave.open(str(path), "wb") as writer:
        writer.setnchannels(2)
        writer.setsampwidth(2)
        writer.setframerate(RATE)
        writer.writeframes(np.rint(32_767 * np.clip(sound.T, -1, 1)).astype("<i2").tobytes())


@contextmanager
def sending(*command: str) -> Iterator["subprocess.Popen[bytes]"]:
    """A source that is killed with the block, as by a DJ's laptop that is shut."""
    process = subprocess.Popen(
        [program(command[0]), *command[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def by_ffmpeg(stage: Stage, kind: str, title: str) -> tuple[str, ...]:
    """A command: a marker tone in real time, with a title in the stream where the format has one."""
    tone = ("-re", "-f", "lavfi", "-i", f"sine={MARKER_HERTZ}:d=60:r=44100", "-ac", "2", "-metadata", f"title={title}")
    return ("ffmpeg", "-v", "error", "-nostdin", *tone, "-metadata", "artist=DJ Test", *FORMATS[kind], stage.mount)


def marked(sound: Samples) -> np.ndarray:
    """For each tenth of a second whether the marker tone is what is heard."""
    step = round(STEP_SECONDS * SAMPLE_RATE)
    mono = sound.mean(axis=0)[: sound.shape[1] // step * step].reshape(-1, step)
    power = np.abs(np.fft.rfft(mono * np.hanning(step), axis=1)) ** 2
    at = round(MARKER_HERTZ * STEP_SECONDS)
    return np.asarray(power[:, at - 2 : at + 3].sum(axis=1) > 0.7 * power.sum(axis=1) + 1e-9)


@dataclass(frozen=True)
class Listener:
    """Somebody at the MP3 mount, and what he has heard so far."""

    file: Path
    joined: tuple[float, float]
    """He connected between these two times."""

    def heard(self) -> Samples:
        """float32 [2, frames] at 48 kHz."""
        return np.frombuffer(self.file.read_bytes()[: self.file.stat().st_size // 8 * 8], "<f4").reshape(-1, 2).T

    def seconds(self) -> float:
        return self.file.stat().st_size / 8 / SAMPLE_RATE


@contextmanager
def listener(stage: Stage, folder: Path) -> Iterator[Listener]:
    """He listens as long as the block lasts."""
    file, began = folder / "heard.f32", time.monotonic()
    listens = ("-v", "error", "-nostdin", "-i", f"{stage.station.base}/listen/main/radio.mp3", "-ac", "2", "-ar", str(SAMPLE_RATE))
    with sending("ffmpeg", *listens, "-f", "f32le", "-flush_packets", "1", str(file)):
        stage.station.until(lambda: file.exists() and file.stat().st_size > 0, 30, "the first sound of the MP3 mount")
        yield Listener(file, (began, time.monotonic()))


@pytest.fixture(autouse=True)
def _music_again(stage: Stage) -> None:
    """Nobody is on air any more, and it has been known for a while what comes next: it is cued, and chosen among all tracks."""
    known: tuple[str, ...] = ()
    since = time.monotonic()

    def settled() -> bool:
        nonlocal known, since
        playing = stage.playing()
        texts = tuple((playing[which] or {}).get("song", {}).get("text", "") for which in ("now_playing", "playing_next"))
        if texts != known:
            known, since = texts, time.monotonic()
        return (
            all(texts)
            and len(set(texts)) == 2
            and playing["now_playing"]["playlist"] == "library"
            and time.monotonic() - since > SETTLED_SECONDS
        )

    stage.station.until(settled, 60, "a next track")


@pytest.mark.parametrize("kind", list(FORMATS))
def test_a_dj_takes_over_and_the_next_track_follows(stage: Stage, kind: str, tmp_path: Path) -> None:
    station, title = stage.station, f"Live {kind}"
    with listener(stage, tmp_path) as somebody:
        with sending(*by_ffmpeg(stage, kind, title)):
            before, upcoming = stage.last_before_live()
            began = time.monotonic()
            # ADTS has no place for a title: who is on is told.
            station.until(lambda: stage.shows(f"DJ Test - {title}") or kind == "aac", 15, "the DJ's first title")
            assert stage.playing()["live"]["streamer_name"]
            station.until(lambda: stage.playing()["now_playing"]["elapsed"] >= SHOW_SECONDS, 30, "the whole show")
        station.until(lambda: station.airs("library"), 15, "the music back")
        ended = time.monotonic()
        after = stage.playing()["now_playing"]["song"]["text"]
        station.until(lambda: somebody.seconds() > ended - somebody.joined[0] + 2 * BURST_SECONDS, 60, "the sound of all that")
    assert after == upcoming
    assert after != before
    heard = somebody.heard()
    tone = np.flatnonzero(marked(heard)) * STEP_SECONDS
    first, last = (began - joined + BURST_SECONDS for joined in reversed(somebody.joined))
    assert first - TOLERANCE_SECONDS < tone[0] < last + TOLERANCE_SECONDS, "the DJ was heard at another time than the station said"
    assert tone[-1] - tone[0] == pytest.approx(ended - began, abs=TOLERANCE_SECONDS), "the DJ was heard for another time than he was on"
    assert len(tone) * STEP_SECONDS > (ended - began) / 2, "something else was heard over the DJ"
    assert judge(heard).longest_gap_seconds < LONGEST_PAUSE_SECONDS


@pytest.mark.parametrize("encoder", ["mp3(bitrate=128)", "vorbis(quality=0.5)", "opus(bitrate=96)"])
def test_liquidsoap_says_its_titles(stage: Stage, tmp_path: Path, encoder: str) -> None:
    script = tmp_path / "show.liq"
    script.write_text(LIQUIDSOAP.format(hertz=MARKER_HERTZ, encoder=encoder, port=stage.source_port, key=stage.key))
    with sending("liquidsoap", str(script)):
        stage.station.until(lambda: stage.shows("Die Seife - Flüssig"), 40, "Liquidsoap's title")
        heard = decode(f"{stage.station.base}/listen/main/radio.mp3", seconds=10)
    assert marked(heard).sum() * STEP_SECONDS > 2


def test_a_title_by_hand_while_the_dj_is_on(stage: Stage) -> None:
    with sending(*by_ffmpeg(stage, "aac", "")):
        stage.station.until(lambda: stage.playing()["live"]["is_live"], 30, "the DJ on air")
        address = f"http://source:{stage.key}@127.0.0.1:{stage.source_port}/admin/metadata"
        asked = ["curl", "-sS", "-G", address, "-d", "mount=/main", "-d", "mode=updinfo", "--data-urlencode", "song=Éva - Été"]
        assert b"<return>1</return>" in subprocess.run(asked, capture_output=True, check=True).stdout
        stage.station.until(lambda: stage.shows("Éva - Été"), 5, "the title that was said")


def test_a_wrong_key_is_refused_and_nobody_hears_of_it(stage: Stage) -> None:
    command = by_ffmpeg(stage, "mp3", "Nobody")
    wrong = [part.replace(stage.key, f"{stage.key[:-4]}AAAA") for part in command]
    done = subprocess.run([program("ffmpeg"), *wrong[1:]], capture_output=True, check=False, timeout=30)
    assert done.returncode != 0
    assert b"401" in done.stderr
    assert not stage.playing()["live"]["is_live"]
    assert stage.key not in stage.station.log.read_text()
