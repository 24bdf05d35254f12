"""A DJ at a real station: he logs in on the DJ page, goes live with his browser's microphone, and is heard by those who listen."""

import asyncio
import re
import subprocess
import sys
import wave
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from dsp.block import SAMPLE_RATE, Samples
from tests.listeners.heard import decode
from tests.listeners.station import RunningStation, running_station
from tests.programs import program
from tests.web.tab import FLAGS

pytestmark = [pytest.mark.real, pytest.mark.timeout(300)]
TONE_HZ = 1_500
EMAIL, PASSWORD = "nora@example.org", "a long enough password"
ON_AIR = re.compile(r"^On air")


@pytest.fixture(scope="module")
def noise_station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStation]:
    """Plays noise: what is not noise is the DJ's."""
    folder = tmp_path_factory.mktemp("noise")
    (folder / "media").mkdir()
    for name in ("First", "Second", "Third"):
        noise = f"anoisesrc=color=pink:duration=90:amplitude=0.5:seed={len(name)}"
        tags = ["-metadata", f"title={name}", "-metadata", f"artist=Noise {name}"]
        file = str(folder / "media" / f"{name}.mp3")
        subprocess.run([program("ffmpeg"), "-v", "error", "-f", "lavfi", "-i", noise, "-ac", "2", *tags, file], check=True)
    rests = {"STATIONS__MAIN__TITLE_SEPARATION_MINUTES": "0", "STATIONS__MAIN__ARTIST_SEPARATION_MINUTES": "0"}
    with running_station(folder, STUDIO__ENABLED="false", **rests) as station:
        words = [sys.executable, "-m", "sonicforge", "user", "create", EMAIL, "--role", "dj", "--name", "Nora"]
        subprocess.run(words, cwd=folder, env=station.environment, input=f"{PASSWORD}\n", text=True, check=True, capture_output=True)
        station.until(lambda: station.airs("library"), 60, "a file of the media folder on air")
        station.until(lambda: "tracks=3 waiting=0" in station.log.read_text(), 60, "all files in the library")
        station.ctl("skip")  # to a track after which one is chosen among all of them
        yield station


@pytest.fixture
def microphone(tmp_path: Path) -> Path:
    """What the browser takes for one: a steady tone."""
    seconds = np.arange(10 * SAMPLE_RATE) / SAMPLE_RATE
    tone = (0.25 * 32_767 * np.sin(2 * np.pi * TONE_HZ * seconds)).astype("<i2")
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(tone.tobytes())
    return path


@asynccontextmanager
async def desk(station: RunningStation, microphone: Path) -> AsyncIterator[Page]:
    """The DJ page, logged in."""
    listening = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", f"--use-file-for-fake-audio-capture={microphone}")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=[*FLAGS, *listening])
        try:
            page = await browser.new_page()
            await page.goto(f"{station.base}/dj/main")
            await page.get_by_label("E-mail").fill(EMAIL)
            await page.get_by_label("Password").fill(PASSWORD)
            await page.get_by_role("button", name="Log in").click()
            await expect(page.get_by_role("button", name="Go live")).to_be_visible()
            yield page
        finally:
            await browser.close()


def upcoming(station: RunningStation) -> str:
    """The title that is to follow; nothing while that is not known."""
    return str((station.now_playing()["playing_next"] or {"song": {"title": ""}})["song"]["title"])


def standing(page: Page) -> Locator:
    return page.locator("sonic-live .standing [role=status]")


async def sent(station: RunningStation) -> Samples:
    """Three seconds of the MP3 mount, from now on."""
    heard = await asyncio.to_thread(decode, f"{station.base}/listen/main/radio.mp3", seconds=8.5)
    return heard[:, -3 * SAMPLE_RATE :]


async def sends(station: RunningStation, what: Callable[[Samples], bool], words: str) -> None:
    """Returns when the mount sends it; a burst may hold what was before, and a busy machine is late."""
    told: list[tuple[float, float]] = []
    for _ in range(4):
        heard = await sent(station)
        if what(heard):
            return
        told.append((tone_dbfs(heard), noise_dbfs(heard)))
    raise AssertionError(f"{words}: tone and noise in dBFS are {told}")


def tone_dbfs(samples: Samples) -> float:
    """Level of the DJ's tone, within 20 Hz."""
    return _band_dbfs(samples, TONE_HZ - 20, TONE_HZ + 20)


def noise_dbfs(samples: Samples) -> float:
    """Level of the music, where the tone is not."""
    return _band_dbfs(samples, 3_000, 8_000)


def _band_dbfs(samples: Samples, low_hz: float, high_hz: float) -> float:
    frames = samples.shape[1]
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=0) * np.hanning(frames))) ** 2 / (frames * 3 / 8) / (frames / 2)
    hertz = np.fft.rfftfreq(frames, 1 / SAMPLE_RATE)
    return float(10 * np.log10(max(spectrum[(hertz >= low_hz) & (hertz <= high_hz)].sum(), 1e-12)))


async def test_a_dj_takes_over_from_the_browser_and_the_next_track_follows(noise_station: RunningStation, microphone: Path) -> None:
    async with desk(noise_station, microphone) as page:
        await page.get_by_label("Title").fill("Night Bus")
        await page.get_by_label("Artist").fill("Nora Live")
        noise_station.until(lambda: upcoming(noise_station) not in ("", noise_station.title_on_air()), 30, "another track to follow")
        before = noise_station.title_on_air()
        await page.get_by_role("button", name="Go live").click()
        await expect(standing(page)).to_have_text(ON_AIR, timeout=15_000)
        noise_station.until(lambda: noise_station.title_on_air() == "Night Bus", 10, "the DJ's title on air")
        live = noise_station.now_playing()["live"]
        assert (live["is_live"], live["streamer_name"]) == (True, "Nora")
        await sends(noise_station, lambda heard: tone_dbfs(heard) > -30 > noise_dbfs(heard) + 20, "the music has not made way")
        await page.get_by_role("button", name="Leave").click()
        noise_station.until(lambda: noise_station.airs("library"), 15, "music after the DJ has left")
        assert noise_station.title_on_air() not in ("Night Bus", before), "not the rest of what was on before, but the next track"
        await sends(noise_station, lambda heard: noise_dbfs(heard) > -45 and tone_dbfs(heard) < noise_dbfs(heard), "the tone has not gone")
        assert noise_station.now_playing()["live"]["is_live"] is False


async def test_a_dj_talks_over_the_music_which_ducks_and_comes_back(noise_station: RunningStation, microphone: Path) -> None:
    alone = noise_dbfs(await sent(noise_station))
    async with desk(noise_station, microphone) as page:
        await page.get_by_text("Talk over the music", exact=True).click()
        await page.get_by_role("button", name="Go live").click()
        await expect(standing(page)).to_have_text("On air, over the music", timeout=15_000)
        await sends(
            noise_station, lambda heard: tone_dbfs(heard) > -30 and alone - 25 < noise_dbfs(heard) < alone - 6, "the music has not ducked"
        )
        await page.get_by_role("button", name="Mute").click()
        await expect(standing(page)).to_contain_text("You are silent", timeout=10_000)
        await sends(noise_station, lambda heard: noise_dbfs(heard) > alone - 6, "the music is not back")
        await page.get_by_role("button", name="Muted").click()
        await expect(standing(page)).to_have_text("On air, over the music", timeout=10_000)


async def test_a_browser_that_is_closed_gives_the_air_back(noise_station: RunningStation, microphone: Path) -> None:
    async with desk(noise_station, microphone) as page:
        await page.get_by_role("button", name="Go live").click()
        await expect(standing(page)).to_have_text(ON_AIR, timeout=15_000)
        noise_station.until(lambda: bool(noise_station.now_playing()["live"]["is_live"]), 10, "the DJ on air")
    noise_station.until(lambda: noise_station.airs("library"), 15, "music after the browser is gone")
