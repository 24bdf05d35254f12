"""The player in a real browser, before the cardboard station: sound is judged by what the browser decoded, not by what was sent."""

import asyncio
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from statistics import median

import msgspec
import pytest
from aiohttp.web import Application, AppRunner, Request, Response, TCPSite
from playwright.async_api import expect

from dsp.hearing import BeatGrid
from server.track import Source
from tests.hearings import a_hearing
from tests.web.fake_station import RATE, FakeRelay, fake_station
from tests.web.tab import HEAR, NAMELESS, tab
from web.beats import Beat, beat_of
from web.pages import Door

pytestmark = pytest.mark.real

BASE_LINE = """() => new Promise((resolve) => {
    const spectrum = document.querySelector("sonic-player").shadowRoot.querySelector("sonic-spectrum");
    const canvas = spectrum.shadowRoot.querySelector("canvas");
    const seen = [];
    const look = () => {  // the element drew in this frame already: it asked before us
        const { data } = canvas.getContext("2d").getImageData(0, canvas.height - 1, 1, 1);
        seen.push([spectrum.heard(), data[3]]);
        if (seen.length < 60) requestAnimationFrame(look); else resolve(seen);
    };
    requestAnimationFrame(look);
})"""
"""Frame by frame what position is heard and how bright the left end of the base line is, where no bar stands."""


async def test_it_plays_and_shows_what_is_heard_and_nothing_complains() -> None:
    async with fake_station() as station, tab(station) as one:
        await one.open()
        await one.button.click()
        await one.sounds()
        heard = await one.audio.evaluate(HEAR)
        assert heard["rms"] > 0.05
        assert min(abs(heard["hz"] - note) for note in (220, 277, 330)) < 8
        await expect(one.page.locator(".sign")).to_contain_text("behind the studio")
        on_air = station.relays["main"].on_air
        assert on_air is not None
        titles = {turn.entry.track.title for turn in (on_air.airing, on_air.history[0])}
        assert await one.page.locator("h1").inner_text() in titles
        assert await one.page.title() != "Night Signal"
        assert await one.violations() == []
        assert one.complaints == []


async def test_a_title_changes_when_it_is_heard_and_not_when_it_is_announced() -> None:
    async with fake_station() as station, tab(station) as one:
        await one.open()
        await one.button.click()
        await one.sounds()
        relay = station.relays["main"]
        position = _announce(relay, "Brand New Song")
        await expect(one.page.locator("h1")).to_have_text("Brand New Song", timeout=15_000)
        late = (relay.position_now() - position) / RATE
        behind = float((await one.page.locator(".behind").inner_text()).split()[0])
        assert abs(late - behind) < 0.9
        assert late > 0.5


async def test_a_hostile_title_is_shown_as_it_is_written() -> None:
    hostile = '<img src=x onerror="document.title=1">${1}'
    async with fake_station() as station, tab(station) as one:
        await one.open()
        _announce(station.relays["main"], hostile)
        await expect(one.page.locator("h1")).to_have_text(hostile)
        assert await one.page.locator("h1 img").count() == 0
        assert one.complaints == []


async def test_a_live_show_has_no_end_and_nothing_after_it_and_is_never_adrift() -> None:
    async with fake_station() as station, tab(station) as one:
        await one.open()
        relay = station.relays["main"]
        assert relay.on_air is not None
        now = relay.position_now()
        entry = relay.on_air.airing.entry
        track = replace(entry.track, id="live-0123456789abcdef", title="Night Drive", artist="Åsa", source=Source.LIVE, frames=0)
        show = replace(relay.on_air.airing, entry=replace(entry, id="live", track=track), started_position=now, ends_position=now)
        relay.change(msgspec.structs.replace(relay.on_air, position=now, airing=show, history=[]))
        await expect(one.page.locator("h1")).to_have_text("Night Drive")
        await expect(one.page.locator(".sign")).to_contain_text("A DJ is live")
        progress = one.page.get_by_role("progressbar", name="Position in the song")
        await expect(progress).to_have_attribute("aria-valuetext", re.compile("seconds, without an end$"))
        await expect(one.page.locator(".next")).to_have_count(0)
        assert one.complaints == []


def _announce(relay: FakeRelay, title: str) -> int:
    """Something else airs from now on; its first position."""
    assert relay.on_air is not None
    now = relay.position_now()
    entry = relay.on_air.airing.entry
    entry = replace(entry, id=f"{entry.id}-{title}", track=replace(entry.track, title=title))
    turn = replace(relay.on_air.airing, entry=entry, started_position=now, ends_position=now + 100 * RATE)
    ended = replace(relay.on_air.airing, ends_position=now)
    relay.change(msgspec.structs.replace(relay.on_air, position=now, airing=turn, history=[ended, *relay.on_air.history]))
    return now


async def test_the_keys_play_pause_and_set_the_volume_and_it_is_remembered() -> None:
    async with fake_station() as station, tab(station) as one:
        await one.open()
        await one.page.keyboard.press("Space")
        await one.sounds()
        await one.page.keyboard.press("Space")
        await expect(one.button).to_have_text("Listen")
        assert await one.audio.evaluate("(audio) => audio.paused")
        for _ in range(4):
            await one.page.keyboard.press("ArrowDown")
        assert await one.audio.evaluate("(audio) => audio.volume") == pytest.approx(0.8**2)
        await one.page.keyboard.press("m")
        assert await one.audio.evaluate("(audio) => audio.muted")
        await expect(one.page.get_by_role("button", name="Mute")).to_have_attribute("aria-pressed", "true")
        await one.page.reload()
        await expect(one.page.get_by_role("slider", name="Volume")).to_have_value("80")
        assert await one.audio.evaluate("(audio) => [audio.volume.toFixed(2), audio.muted]") == ["0.64", True]
        await one.page.get_by_role("slider", name="Volume").fill("50")
        assert await one.audio.evaluate("(audio) => [audio.volume, audio.muted]") == [0.25, False]


async def test_a_quality_can_be_chosen_and_is_kept() -> None:
    async with fake_station() as station, tab(station) as one:
        await one.open()
        quality = one.page.get_by_role("combobox", name="Sound quality")
        await quality.select_option("320")
        async with one.page.expect_request(lambda request: "/1_" in request.url):
            await one.button.click()
        await one.sounds()
        await one.page.reload()
        await expect(quality).to_have_value("320")


async def test_it_comes_back_by_itself_when_the_station_was_away() -> None:
    async with fake_station() as station, tab(station) as one:
        await one.open()
        await one.button.click()
        await one.sounds()
        station.sound.away = True
        await expect(one.page.locator(".sign")).to_contain_text("by itself", timeout=25_000)
        await expect(one.page.locator(".sign")).to_contain_text("Trying again", timeout=25_000)
        station.sound.away = False
        await expect(one.page.locator(".sign")).to_contain_text("Live", timeout=25_000)
        await one.sounds()


async def test_where_hls_is_broken_the_mp3_plays() -> None:
    async with fake_station() as station, tab(station) as one:
        station.sound.hls_broken = True
        await one.open()
        await one.button.click()
        await one.sounds(within_seconds=40)
        assert (await one.audio.evaluate("(audio) => audio.currentSrc")).endswith("/listen/main/radio.mp3")
        assert (await one.audio.evaluate(HEAR))["rms"] > 0.05
        behind = one.page.locator(".behind")
        assert 2 < float((await behind.inner_text()).split()[0]) < 8


async def test_every_control_has_a_name_and_every_picture_an_alternative() -> None:
    async with fake_station() as station, tab(station) as one:
        await one.open()
        nameless = await one.page.evaluate(NAMELESS)
        assert nameless == []
        assert await one.page.locator("h1").count() == 1
        assert await one.page.locator("html").get_attribute("lang") == "en"
        await one.page.keyboard.press("Tab")
        await one.page.keyboard.press("Tab")
        await expect(one.button).to_be_focused()
        assert await one.button.evaluate("(button) => getComputedStyle(button).outlineStyle") == "solid"


async def test_it_fits_every_screen() -> None:
    async with fake_station() as station, tab(station) as one:
        await one.open()
        for width, height in ((320, 568), (360, 740), (768, 1024), (1440, 900)):
            await one.page.set_viewport_size({"width": width, "height": height})
            assert await one.page.evaluate("document.documentElement.scrollWidth") <= width
            box = await one.button.bounding_box()
            assert box is not None
            assert box["y"] + box["height"] < height
            assert box["height"] >= 44


async def test_the_base_line_of_the_spectrum_lights_up_on_the_beat_that_is_heard() -> None:
    async with fake_station() as station, tab(station) as one:
        relay = station.relays["main"]
        relay.seconds = 100_000.0  # nothing else begins meanwhile
        relay.tick()
        await one.open()
        beat = _beating(relay, 96.0)
        seen: list[tuple[float, int]] = []
        deadline = time.monotonic() + 15.0
        while len(seen) < 400 and time.monotonic() < deadline:
            seen += [(position, alpha) for position, alpha in await one.page.evaluate(BASE_LINE) if position is not None]
        assert seen, "the page does not know what is heard"
        lit: dict[str, list[int]] = {"one": [], "beat": [], "dark": []}
        for position, alpha in seen:
            phase = ((position - beat.one_position) / beat.beat_frames) % beat.beats_a_bar
            if phase % 1 < 0.1:
                lit["one" if phase < 1 else "beat"].append(alpha)
            elif phase % 1 > 0.8:
                lit["dark"].append(alpha)
        one_light, beat_light, dark = (median(lit[name]) for name in ("one", "beat", "dark"))  # now and then a busy machine draws late
        assert one_light > 1.5 * beat_light, "the one is the brightest"
        assert beat_light > 60
        assert dark < 25
        assert await one.violations() == []
        assert [complaint for complaint in one.complaints if "getImageData" not in complaint] == [], "it is us who read the canvas"


def _beating(relay: FakeRelay, bpm: float) -> Beat:
    """What airs goes at that tempo."""
    assert relay.on_air is not None
    airing = relay.on_air.airing
    hearing = a_hearing(grid=BeatGrid(bpm, 1_000.0, 1, 4, 0.9))
    track = replace(airing.entry.track, hearing=hearing)
    beating = replace(airing, entry=replace(airing.entry, track=track))
    relay.change(msgspec.structs.replace(relay.on_air, airing=beating))
    beat = beat_of(beating)
    assert beat is not None
    return beat


async def test_whoever_wants_no_motion_gets_no_spectrum() -> None:
    async with fake_station() as station, tab(station, reduced_motion="reduce") as one:
        frames = 0

        def count(payload: str | bytes) -> None:
            nonlocal frames
            frames += isinstance(payload, bytes)

        one.page.on("websocket", lambda socket: socket.on("framereceived", count))
        await one.open()
        await one.page.wait_for_timeout(500)
        before = frames
        await one.page.wait_for_timeout(1000)
        assert frames == before


async def test_the_small_player_plays_in_a_page_of_another_host() -> None:
    async with fake_station() as station, tab(station) as one, _page_elsewhere(f"{station.base}/public/main/embed") as elsewhere:
        await one.page.goto(elsewhere)
        frame = one.page.frame_locator("iframe")
        await frame.get_by_role("button", name="Listen").click()
        await expect(frame.locator(".sign")).to_contain_text("Live")
        await expect(frame.get_by_role("button", name="Pause")).to_be_visible()
        assert one.complaints == []


async def test_the_whole_player_plays_in_no_page_of_another_host() -> None:
    async with fake_station() as station, tab(station) as one, _page_elsewhere(f"{station.base}/public/main") as elsewhere:
        await one.page.goto(elsewhere)
        assert any("frame-ancestors" in complaint or "X-Frame-Options" in complaint for complaint in one.complaints)
        assert await one.page.frame_locator("iframe").locator("sonic-player").count() == 0


@asynccontextmanager
async def _page_elsewhere(framed: str) -> AsyncIterator[str]:
    """Somebody else's page with `framed` in it; its address."""

    async def page(_: Request) -> Response:
        return Response(text=f'<link rel="icon" href="data:,"><iframe src="{framed}" allow="autoplay"></iframe>', content_type="text/html")

    application = Application()
    application.router.add_get("/", page)
    runner = AppRunner(application)
    await runner.setup()
    try:
        await TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def test_going_to_another_station_goes_on_listening() -> None:
    doors = (Door("main", "Night Signal"), Door("dawn", "Dawn Chorus"))
    async with fake_station(doors=doors) as station, tab(station) as one:
        await one.open()
        await one.button.click()
        await one.sounds()
        await one.page.get_by_role("link", name="Dawn Chorus").click()
        await one.page.wait_for_url("**/public/dawn#listen")
        await one.sounds()
        await expect(one.button).to_have_text("Pause")
        await asyncio.wait_for(station.relays["dawn"].somebody.wait(), 5)
