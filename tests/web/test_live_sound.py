"""The player's live mode in a real browser: sound by WebRTC from a cardboard peer, and what comes when the peer is full, or goes."""

import time
from collections.abc import Callable

import pytest
from playwright.async_api import expect

from tests.web.fake_station import RATE, FakeStation, fake_station
from tests.web.fake_whep import LEFT_HZ, RIGHT_HZ
from tests.web.tab import Tab, tab
from tests.web.test_player import _announce

pytestmark = pytest.mark.real

HEAR_BOTH = """async (audio) => {
    const context = new AudioContext();
    await context.resume();
    const [left, right] = [0, 1].map(() => new AnalyserNode(context, { fftSize: 16384 }));
    const splitter = new ChannelSplitterNode(context, { numberOfOutputs: 2 });
    context.createMediaStreamSource(audio.srcObject).connect(splitter);
    splitter.connect(left, 0);
    splitter.connect(right, 1);
    await new Promise((done) => setTimeout(done, 800));
    const strongest = (analyser) => {
        const bins = new Float32Array(analyser.frequencyBinCount);
        analyser.getFloatFrequencyData(bins);
        return (bins.indexOf(Math.max(...bins)) * context.sampleRate) / 16384;
    };
    const heard = [strongest(left), strongest(right)];
    await context.close();
    return heard;
}"""
"""The strongest tone of each channel of the stream that plays."""


async def _choose(one: Tab, quality: str) -> None:
    await one.page.get_by_role("combobox", name="Sound quality").select_option(quality)


async def _told(one: Tab) -> str:
    """What the menu says that plays."""
    return str(await one.page.locator("sonic-quality select").evaluate("(select) => select.selectedOptions[0].text"))


async def _is_live(one: Tab) -> bool:
    return bool(await one.audio.evaluate("(audio) => audio.srcObject !== null"))


async def _settle(one: Tab, told: str, within_seconds: float = 8.0) -> None:
    deadline = time.monotonic() + within_seconds
    while not (await _told(one)).startswith(told):
        assert time.monotonic() < deadline, f"{await _told(one)!r} and not {told!r}: {await one.page.locator('.sign').inner_text()}"
        await one.page.wait_for_timeout(50)


async def _playing(station: FakeStation, one: Tab) -> None:
    await one.open()
    await _choose(one, "live")
    await one.button.click()
    await expect(one.page.locator(".sign")).to_contain_text("behind the studio")
    await one.sounds()
    assert await _is_live(one)
    assert len(station.whep.offers) == 1


async def test_live_is_stereo_near_the_studio_and_remembered() -> None:
    async with fake_station() as station, tab(station) as one:
        await _playing(station, one)
        left, right = await one.audio.evaluate(HEAR_BOTH)
        assert abs(left - LEFT_HZ) < 6
        assert abs(right - RIGHT_HZ) < 6
        assert await _told(one) == "Live WebRTC"
        assert "a=candidate" not in station.whep.offers[0]
        await one.page.reload()
        await expect(one.page.locator("sonic-quality select")).to_have_value("live")
        assert one.complaints == []
        assert await one.violations() == []


async def test_the_title_and_the_delay_are_those_of_the_packet_that_is_heard() -> None:
    async with fake_station() as station, tab(station) as one:
        await _playing(station, one)
        relay = station.relays["main"]
        position = _announce(relay, "Brand New Song")
        await expect(one.page.locator("h1")).to_have_text("Brand New Song")
        late = (relay.position_now() - position) / RATE
        behind = float((await one.page.locator(".behind").inner_text()).split()[0])
        assert 0.05 < late < 0.9  # the page is drawn four times a second
        assert 0.1 <= behind <= 0.4  # a tenth of it is the peer's own


async def test_the_peer_is_told_when_the_listener_goes() -> None:
    async with fake_station() as station, tab(station) as one:
        await _playing(station, one)
        await one.button.click()
        await expect(one.button).to_have_text("Listen")
        await _until(one, lambda: len(station.whep.ended) == 1)
        await one.button.click()
        await one.sounds()
        await one.page.goto("about:blank")
        await _until(one, lambda: len(station.whep.ended) == 2)


@pytest.mark.parametrize("hls_broken", [False, True])
async def test_where_the_peer_is_full_the_sound_comes_another_way(hls_broken: bool) -> None:
    async with fake_station() as station, tab(station) as one:
        station.whep.full = True
        station.sound.hls_broken = hls_broken
        await one.open()
        await _choose(one, "live")
        await one.button.click()
        await one.sounds(within_seconds=40 if hls_broken else 8)
        assert not await _is_live(one)
        await _settle(one, "Live MP3" if hls_broken else "Live HLS")
        assert len(station.whep.offers) == 1


async def test_a_peer_that_falls_silent_is_left_for_hls_and_asked_again_only_when_the_listener_asks() -> None:
    async with fake_station() as station, tab(station) as one:
        await _playing(station, one)
        station.whep.mute = True
        fell = time.monotonic()
        await _settle(one, "Live HLS")
        await one.sounds()
        assert time.monotonic() - fell < 8
        station.whep.mute = False
        await one.page.wait_for_timeout(1500)
        assert len(station.whep.offers) == 1
        await one.button.click()
        await one.button.click()
        await _settle(one, "Live WebRTC")
        await one.sounds()
        assert len(station.whep.offers) == 2


async def test_one_goes_from_live_to_a_bitrate_and_back_without_a_reload() -> None:
    async with fake_station() as station, tab(station) as one:
        await _playing(station, one)
        async with one.page.expect_request(lambda request: "/1_" in request.url):
            await _choose(one, "320")
        await expect(one.page.locator(".sign")).to_contain_text("behind the studio")
        await one.sounds()
        assert not await _is_live(one)
        await expect(one.page.locator("sonic-quality select")).to_have_value("320")
        await _choose(one, "live")
        await _settle(one, "Live WebRTC")
        await one.sounds()
        assert await _is_live(one)
        assert one.complaints == []


async def test_an_address_may_ask_for_it() -> None:
    async with fake_station() as station, tab(station) as one:
        await one.open("/public/main#live")
        await expect(one.page.locator(".sign")).to_contain_text("behind the studio")
        await one.sounds()
        assert await _is_live(one)


async def _until(one: Tab, done: Callable[[], bool], within_seconds: float = 5.0) -> None:
    deadline = time.monotonic() + within_seconds
    while not done():
        assert time.monotonic() < deadline
        await one.page.wait_for_timeout(50)
