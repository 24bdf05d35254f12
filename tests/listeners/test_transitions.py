"""A mix on the beat on a real station: planned, told by API, control socket and desk, heard with both beats on one another."""

import asyncio
import json
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from aiohttp import ClientSession, WSMsgType
from playwright.async_api import async_playwright, expect
from scipy.signal import butter, sosfiltfilt

from control.permissions import Role
from dsp.block import SAMPLE_RATE, Samples, frames_of
from sonicforge.takes import write_flac
from tests.dsp.playing import MAJOR, MINOR, chords, drums
from tests.listeners.people import people_of
from tests.listeners.station import RunningStation, running_station
from tests.listeners.test_browser import FLAGS
from tests.listeners.test_ears import Caller, until
from tests.programs import program

pytestmark = [pytest.mark.real, pytest.mark.timeout(400)]
BARS = 32
OURS, THEIRS = (126.0, 9_000.0), (129.5, 11_500.0)
"""Tempo, and the tone that ticks on each beat: by it a track is found in a mix."""
TICK_SECONDS = 0.012
A_MINOR = ((9, MINOR), (2, MINOR), (4, MAJOR), (9, MINOR))
EMAIL, PASSWORD = "engineer@example.org", "seventeen copper kettles hum"
RESTS = {"STATIONS__MAIN__TITLE_SEPARATION_MINUTES": "0", "STATIONS__MAIN__ARTIST_SEPARATION_MINUTES": "0"}


def piece(bpm: float, hertz: float) -> Samples:
    """Chords that change on the ones of a drummer, ticks on his beats; it rings out over its last four seconds."""
    bar = 240.0 / bpm
    seconds = BARS * bar
    sound = chords(A_MINOR, seconds, bar) + np.float32(0.6) * drums(bpm, seconds, 0.0)
    since = (np.arange(sound.shape[1]) / SAMPLE_RATE) % (bar / 4)
    ticks = 0.25 * np.sin(2 * np.pi * hertz * since) * np.where(since < TICK_SECONDS, np.sin(np.pi * since / TICK_SECONDS), 0.0)
    sound = (sound + ticks).astype(np.float32)
    tail = frames_of(4.0)
    sound[:, -tail:] *= (10 ** (np.linspace(0, -60, tail) / 20)).astype(np.float32)
    return sound


def ticks_in(sound: Samples, hertz: float) -> np.ndarray:
    """Where that tone ticks, in frames: the middle of gravity of each burst."""
    band = butter(4, (hertz - 500, hertz + 500), "bandpass", fs=SAMPLE_RATE, output="sos")
    power = np.square(sosfiltfilt(band, sound.sum(axis=0, dtype=np.float64)))
    loud = np.flatnonzero(power > 0.05 * np.quantile(power, 0.999))
    groups = np.split(loud, np.flatnonzero(np.diff(loud) > frames_of(0.1)) + 1)
    return np.array([np.average(group, weights=power[group]) for group in groups if np.ptp(group) < frames_of(2 * TICK_SECONDS)])


@dataclass
class Recording:
    """What a listener heads off the air."""

    process: "subprocess.Popen[bytes]"
    path: Path

    def sound(self) -> Samples:
        assert self.process.wait(90) == 0
        return np.ascontiguousarray(np.fromfile(self.path, np.float32).reshape(-1, 2).T)


def record(station: RunningStation, path: Path, seconds: float) -> Recording:
    source, form = f"{station.base}/listen/main/radio.mp3", ("-f", "f32le", "-ac", "2", "-ar", str(SAMPLE_RATE))
    command = [program("ffmpeg"), "-v", "error", "-y", "-t", str(seconds), "-i", source, *form, path]
    return Recording(subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL), path)


async def beats(session: ClientSession, told: list[dict[str, Any]]) -> None:
    """Keeps every beat that a page is told."""
    async with session.ws_connect("/ws/live/main") as socket:
        async for message in socket:
            event = json.loads(message.data) if message.type is WSMsgType.TEXT else {}
            if event.get("event") == "beat":
                told += [event]


async def heard(caller: Caller) -> dict[str, str] | None:
    """Both tracks' ids by title, once the ears are done with them."""
    library = await caller.library()
    return (
        {title: track["id"] for title, track in library.items()}
        if len(library) == 2 and all(one["hearing"] for one in library.values())
        else None
    )


async def test_a_mix_on_the_beat_is_planned_told_and_heard(tmp_path: Path) -> None:
    (tmp_path / "media").mkdir()
    for title, (bpm, hertz) in (("Ours", OURS), ("Theirs", THEIRS)):
        write_flac(tmp_path / "media" / f"{title}.flac", piece(bpm, hertz), {"title": title, "artist": title})
    with running_station(tmp_path, STUDIO__ENABLED="false", **RESTS) as station:
        station.until(lambda: "#setup=" in station.log.read_text(), 60, "the link for the first account")
        async with people_of(station) as people, ClientSession(station.base) as session:
            session.headers["Authorization"] = f"Bearer {await people.token(Role.MODERATOR)}"
            caller = Caller(session)
            ids = await until(lambda: heard(caller), 120, "both are heard")
            for title in ("Ours", "Theirs"):
                assert station.ctl("queue", "add", ids[title]).returncode == 0
            await until(lambda: on_air(station, "Ours"), 60, "the first one on air")
            told: list[dict[str, Any]] = []
            listening = asyncio.create_task(beats(session, told))
            segue = await until(lambda: planned(caller), 15, "the segue is planned")
            assert (segue["kind"], segue["bars"]) == ("beat-matched", 8)
            assert segue["coming_speed"] == pytest.approx(OURS[0] / THEIRS[0], abs=1e-3)
            done = "mixed on the beat over 8 bars (15 s), the new track 2.7% slower at first"
            assert segue["why"] == f"{OURS[0]} and {THEIRS[0]} BPM, keys 8A and 8A: {done}."
            assert station.now_playing()["playing_next"]["segue"] == segue["why"]
            assert segue["why"] in station.ctl("status").stdout
            await shown_on_the_desk(station, segue["why"], tmp_path / "desk.png")
            recording = record(station, tmp_path / "mix.f32", 50.0)
            await until(lambda: on_air(station, "Theirs"), 40, "the second one on air")
            airing = (await caller.get("/api/v1/stream/status"))["airing"]
            assert (airing["segue"]["kind"], airing["segue"]["why"]) == ("beat-matched", segue["why"])
            assert airing["segue"]["begins_position"] == segue["begins_position"], "it began where it was told"
            both_beats_are_one(await asyncio.to_thread(recording.sound))
            await until(lambda: told_of(told, airing), 20, "the page is told of the second one's beat")
            listening.cancel()
            tells_of_the_mix(told, airing)


async def told_of(told: list[dict[str, Any]], airing: dict[str, Any]) -> bool:
    """The last beat that was told is that of what airs."""
    return bool(told) and told[-1]["entry_id"] == airing["entry"]["entry_id"]


async def on_air(station: RunningStation, title: str) -> bool:
    """It was queued: what the station chose by itself before that does not count."""
    if station.title_on_air() == title and station.airs("queue"):
        return True
    if title == "Ours":
        station.ctl("skip")
        await asyncio.sleep(2.0)  # an ordinary segue
    return False


async def planned(caller: Caller) -> dict[str, Any] | None:
    told: dict[str, Any] | None = (await caller.get("/api/v1/stream/status"))["segue"]
    return told


async def shown_on_the_desk(station: RunningStation, why: str, picture: Path) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=list(FLAGS))
        try:
            page = await browser.new_page(viewport={"width": 1280, "height": 900})
            await page.goto(re.findall(r"http\S+#setup=\S+", station.log.read_text())[-1])
            await page.get_by_label("E-mail").fill(EMAIL)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Make it").click()
            await expect(page.get_by_role("status").filter(has_text="Log in")).to_be_visible(timeout=30_000)
            await page.goto(f"{station.base}/dj/main")
            await page.get_by_label("E-mail").fill(EMAIL)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Log in").click()
            await expect(page.locator("sonic-rundown .segue")).to_have_text(f"On the beat, 15 s. {why}", timeout=30_000)
            await page.screenshot(path=picture, full_page=True)
        finally:
            await browser.close()


def both_beats_are_one(sound: Samples) -> None:
    """Where the ticks of both tracks are heard, they lie within 10 ms of one another."""
    ours, theirs = ticks_in(sound, OURS[1]), ticks_in(sound, THEIRS[1])
    both = [(one, theirs[np.argmin(np.abs(theirs - one))]) for one in ours if theirs.size and np.abs(theirs - one).min() < frames_of(0.1)]
    assert len(both) > 30, f"{ours.size} and {theirs.size} ticks, of which {len(both)} meet"
    apart = np.array([abs(one - other) for one, other in both]) * 1_000 / SAMPLE_RATE
    assert apart.max() < 10.0, f"{apart.max():.1f} ms"


def tells_of_the_mix(told: list[dict[str, Any]], airing: dict[str, Any]) -> None:
    first, second = told[0], told[-1]
    assert first["bpm"] == pytest.approx(OURS[0], abs=0.05)
    assert second["bpm"] == pytest.approx(THEIRS[0], abs=0.05)
    assert (second["position"], second["entry_id"]) == (airing["started_position"], airing["entry"]["entry_id"])
    assert second["glide"]["from_beat_frames"] == pytest.approx(first["beat_frames"], rel=1e-4)
    gone = (second["position"] - first["one_position"]) / first["beat_frames"]
    assert gone / 4 == pytest.approx(round(gone / 4), abs=0.02), "the mix begins on a one of the track that leaves"
    ends = second["position"] + second["glide"]["frames"]
    gone = (ends - second["one_position"]) / second["beat_frames"]
    assert gone == pytest.approx(round(gone), abs=0.02), "and ends on a beat of the one that comes"
