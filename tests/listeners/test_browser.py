"""The player page of a real station in Chromium: first sound, latency, title, on lines of three speeds."""

import os
import re
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.listeners.station import RunningStation
from tests.programs import program

pytestmark = pytest.mark.real

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync",),
)
HEARD = """async (audio) => {
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaElementSource(audio).connect(analyser);
    analyser.connect(context.destination);
    const wave = new Float32Array(8192);
    let loudest = 0;
    for (let look = 0; look < 16; look++) {
        await new Promise((done) => setTimeout(done, 125));
        analyser.getFloatTimeDomainData(wave);
        loudest = Math.max(loudest, Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length));
    }
    return loudest;
}"""
"""The highest level (RMS, full scale is 1) of what the element plays within two seconds."""

LIVE_SECONDS = 1.0
"""Farther behind than this is not live; an idle machine has a third of it."""
HEARD_LIVE = """async (audio) => {
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaStreamSource(audio.srcObject).connect(analyser);
    const wave = new Float32Array(8192);
    let loudest = 0;
    for (let look = 0; look < 80 && loudest < 0.02; look++) {
        await new Promise((done) => setTimeout(done, 125));
        analyser.getFloatTimeDomainData(wave);
        loudest = Math.max(loudest, Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length));
    }
    await context.close();
    return loudest;
}"""
"""The same of what comes by WebRTC, as soon as it is loud; within ten seconds."""


@dataclass
class Tab:
    """The player page, and what went wrong in it."""

    page: Page
    complaints: list[str] = field(default_factory=list)
    rungs: list[int] = field(default_factory=list)
    """kbit/s of each part and segment that was asked for, in order."""

    async def play(self) -> None:
        """A real click; returns when sound moves."""
        await self.page.get_by_role("button", name=re.compile("play|listen", re.IGNORECASE)).first.click()
        await self.page.wait_for_function(
            "() => { const a = document.querySelector('sonic-player')?.shadowRoot?.querySelector('audio')"
            " ?? document.querySelector('audio'); return a && a.currentTime > 0.1 && !a.paused; }"
        )

    async def play_live(self) -> None:
        """The same with the least delay."""
        await self.page.get_by_role("combobox", name="Sound quality").select_option("live")
        await self.play()

    async def comes_by(self, way: str, within_seconds: float) -> None:
        """Returns when the menu says that the sound comes so, and the sound moves on."""
        menu = self.page.locator("sonic-quality select option:checked")
        await expect(menu).to_contain_text(way, timeout=within_seconds * 1000)
        deadline = time.monotonic() + within_seconds
        began = await self.audio("audio.currentTime")
        while await self.audio("audio.currentTime") < began + 1.0:
            assert time.monotonic() < deadline, await self.page.locator(".sign").inner_text()
            await self.page.wait_for_timeout(100)

    async def comes_near(self, within_seconds: float = 20.0) -> None:
        """Returns when the page says that it is live: a busy machine makes the browser keep a distance for a while."""
        deadline = time.monotonic() + within_seconds
        while not 0.0 < (behind := float((await self.page.locator(".behind").inner_text()).split()[0])) < LIVE_SECONDS:
            assert time.monotonic() < deadline, f"{behind} s behind the studio"
            await self.page.wait_for_timeout(200)

    async def audio(self, expression: str) -> Any:
        return await self.page.locator("sonic-player audio").evaluate(f"(audio) => {expression}")


@asynccontextmanager
async def tab(station: RunningStation, kilobits: float | None = None) -> AsyncIterator[Tab]:
    """The player of `station` in a new browser, on a line of so many kbit/s."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=list(FLAGS))
        page = await browser.new_page(viewport={"width": 1000, "height": 700})
        seen = Tab(page)
        page.on("console", lambda message: seen.complaints.append(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: seen.complaints.append(str(error)))
        page.on("request", lambda request: seen.rungs.extend(int(found) for found in re.findall(r"aac_(\d+)[^?]*\.m4s", request.url)))
        await page.goto(station.base)
        await page.wait_for_load_state("networkidle", timeout=5_000) if kilobits else None
        if kilobits:
            line = await page.context.new_cdp_session(page)
            await line.send("Network.enable")
            speed = kilobits * 1000 / 8
            conditions = {"offline": False, "latency": 20, "downloadThroughput": speed, "uploadThroughput": speed}
            await line.send("Network.emulateNetworkConditions", conditions)
        try:
            yield seen
        finally:
            await browser.close()


async def test_it_is_heard_with_its_title_soon_after_it_aired(studio_station: RunningStation) -> None:
    async with tab(studio_station) as seen:
        await seen.play()
        assert 0.02 < await seen.page.locator("sonic-player audio").evaluate(HEARD) < 1.0
        playing = studio_station.now_playing()
        titles = {one["song"]["title"] for one in (playing["now_playing"], *playing["song_history"][:1])}
        shown = [await seen.page.get_by_text(title, exact=True).count() for title in titles]
        assert any(shown), titles
        behind = re.search(r"([\d.]+) s behind", str(await seen.page.get_by_text("behind the studio").first.inner_text()))
        assert behind
        assert float(behind[1]) < 5.0
        assert not seen.complaints


async def test_it_plays_on_after_its_front_has_stood_still(studio_station: RunningStation) -> None:
    """Parts that load in a heap, behind a playlist that is renewed meanwhile, once made hls.js wait for ever at the end of a segment."""
    [front] = studio_station.processes("front")
    async with tab(studio_station) as seen:
        await seen.play()
        for _ in range(3):
            os.kill(front, signal.SIGSTOP)
            try:
                await seen.page.wait_for_timeout(1_300)
            finally:
                os.kill(front, signal.SIGCONT)
            began = await seen.audio("audio.currentTime")
            await seen.page.wait_for_timeout(6_000)
            assert await seen.audio("audio.currentTime") - began > 2.0


@pytest.mark.parametrize(
    ("kilobits", "lowest", "highest"), [(140.0, 64, 64), pytest.param(330.0, 64, 192, marks=pytest.mark.long), (4000.0, 128, 320)]
)
async def test_each_line_is_carried_by_a_rung_that_fits(studio_station: RunningStation, kilobits: float, lowest: int, highest: int) -> None:
    async with tab(studio_station, kilobits) as seen:
        await seen.play()
        await seen.page.wait_for_timeout(20_000)  # the player learns what its line bears; a thin one by standing still twice
        began = await seen.audio("audio.currentTime")
        asked = len(seen.rungs)
        await seen.page.wait_for_timeout(12_000)
        played = await seen.audio("audio.currentTime") - began
        settled = seen.rungs[asked + (len(seen.rungs) - asked) // 2 :]
        assert played > 6.0, f"{played:.1f} s of 12 were heard at {kilobits:g} kbit/s, by {settled}"
        assert settled
        assert lowest <= sorted(settled)[len(settled) // 2] <= highest
