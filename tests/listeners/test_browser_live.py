"""The player page of a real station in Chromium, asked for the least delay: by WebRTC, and by HLS where that cannot be."""

import json
import os
import signal
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.listeners.station import RunningStation, running_station
from tests.listeners.test_browser import HEARD_LIVE, tab

pytestmark = pytest.mark.real


async def test_live_is_heard_within_a_second(studio_station: RunningStation) -> None:
    async with tab(studio_station) as seen:
        await seen.play_live()
        await seen.comes_by("WebRTC", 5)
        assert 0.02 < await seen.page.locator("sonic-player audio").evaluate(HEARD_LIVE) < 1.0
        await seen.comes_by("WebRTC", 5)
        await seen.comes_near()
        assert not seen.complaints


async def test_live_the_title_changes_with_the_sound(library_station: RunningStation) -> None:
    async with tab(library_station) as seen:
        await seen.play_live()
        await seen.comes_by("WebRTC", 5)
        library_station.until(lambda: json.loads(library_station.ctl("tracks", "--json").stdout)["found"] > 3, 60, "several files taken in")
        tracks = json.loads(library_station.ctl("tracks", "--json").stdout)["tracks"]
        wanted = next(track for track in tracks if track["title"] != library_station.title_on_air())
        assert "Done" in library_station.ctl("queue", "add", wanted["id"], "0").stdout
        assert "Done" in library_station.ctl("skip").stdout
        library_station.until(lambda: library_station.title_on_air() == wanted["title"], 15, "the queued track on air after a skip")
        await expect(seen.page.locator("h1")).to_have_text(wanted["title"], timeout=3_000)
        await seen.comes_by("WebRTC", 5)


async def test_live_falls_to_hls_when_its_front_dies_and_the_page_stays(studio_station: RunningStation) -> None:
    [front] = studio_station.processes("front")
    async with tab(studio_station) as seen:
        await seen.play_live()
        await seen.comes_by("WebRTC", 5)
        await seen.page.evaluate("window.same = true")
        os.kill(front, signal.SIGKILL)
        await seen.comes_by("HLS", 30)
        assert await seen.page.evaluate("window.same")
        await seen.page.get_by_role("button", name="Pause").click()
        await seen.play()
        await seen.comes_by("WebRTC", 5)


async def test_live_falls_to_hls_where_all_places_are_taken(tmp_path: Path) -> None:
    with running_station(tmp_path, WEBRTC__MAX_LISTENERS="1") as station:
        station.until(lambda: station.airs("studio"), 120, "the studio's first track on air")
        async with tab(station) as first, tab(station) as second:
            await first.play_live()
            await first.comes_by("WebRTC", 5)
            await second.play_live()
            await second.comes_by("HLS", 10)
            await first.comes_by("WebRTC", 5)
            assert any("503" in complaint for complaint in second.complaints)
