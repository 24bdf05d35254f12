"""A real station by WebRTC in Chromium: joins fast, hears stereo, loses nothing, with a small buffer."""

import asyncio
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from playwright.async_api import Page, async_playwright

from tests.listeners.station import RunningStation
from tests.listeners.test_browser import FLAGS
from tests.programs import program

pytestmark = pytest.mark.real

LISTEN = """async (whep) => {
    const peer = new RTCPeerConnection();
    peer.addTransceiver("audio", { direction: "recvonly" });
    const offer = await peer.createOffer();
    offer.sdp = offer.sdp.replace("useinbandfec=1", "useinbandfec=1;stereo=1");
    await peer.setLocalDescription(offer);
    const sound = new Promise((heard) => { peer.ontrack = (event) => heard(new MediaStream([event.track])); });
    const connected = new Promise((done) => {
        peer.onconnectionstatechange = () => { if (peer.connectionState === "connected") done(); };
    });
    const answer = await fetch(whep, { method: "POST", headers: { "Content-Type": "application/sdp" }, body: peer.localDescription.sdp });
    if (answer.status !== 201) throw new Error(await answer.text());
    await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    await connected;
    const audio = new Audio();
    audio.srcObject = await sound;
    audio.autoplay = true;
    window.whep = { peer, audio, stream: audio.srcObject, session: answer.headers.get("Location") };
    return window.whep.session;
}"""
STATS = """async () => {
    const found = [...(await window.whep.peer.getStats()).values()].find((one) => one.type === "inbound-rtp");
    const [source] = window.whep.peer.getReceivers()[0].getSynchronizationSources();
    return { ...found, rtpTimestamp: source?.rtpTimestamp };
}"""
CHANNELS = """async () => {
    const context = new AudioContext();
    await context.resume();
    const split = context.createChannelSplitter(2);
    context.createMediaStreamSource(window.whep.stream).connect(split);
    const ears = [0, 1].map((channel) => {
        const ear = new AnalyserNode(context, { fftSize: 8192 });
        split.connect(ear, channel);
        return ear;
    });
    const level = (wave) => Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
    const loudest = [0, 0, 0];
    for (let look = 0; look < 40; look++) {
        await new Promise((done) => setTimeout(done, 100));
        const [left, right] = ears.map((ear) => { const wave = new Float32Array(8192); ear.getFloatTimeDomainData(wave); return wave; });
        const now = [level(left), level(right), level(left.map((value, at) => value - right[at]))];
        now.forEach((value, at) => { loudest[at] = Math.max(loudest[at], value); });
    }
    return loudest;
}"""
"""RMS of the left, of the right, and of what is between them; full scale is 1."""
WINDOW_SECONDS = 5.0
WINDOWS = 4


@dataclass(frozen=True)
class Window:
    """What a browser noticed in a while."""

    packets: float
    buffer_seconds: float
    concealed_frames: float

    @classmethod
    def between(cls, before: dict[str, Any], after: dict[str, Any]) -> "Window":
        def grown(name: str) -> float:
            return float(after[name] - before[name])

        return cls(grown("packetsReceived"), grown("jitterBufferDelay") / grown("jitterBufferEmittedCount"), grown("concealedSamples"))

    @property
    def good(self) -> bool:
        return self.packets > 48 * WINDOW_SECONDS and self.buffer_seconds <= 0.060 and self.concealed_frames == 0


async def stats(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = await page.evaluate(STATS)
    return found


async def test_a_browser_hears_the_station_in_stereo_with_a_small_buffer(studio_station: RunningStation) -> None:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=program("chromium"), args=[*FLAGS, "--autoplay-policy=no-user-gesture-required"]
        )
        try:
            page = await browser.new_page()
            await page.goto(studio_station.base + "/docs")
            session = await page.evaluate(LISTEN, studio_station.base + "/whep/main")
            assert session.startswith("/whep/main/")
            left, right, between = await page.evaluate(CHANNELS)
            assert min(left, right) > 0.02
            assert between > 0.005, "both channels carry the same"
            looks = [await stats(page)]
            for _ in range(WINDOWS):
                await asyncio.sleep(WINDOW_SECONDS)
                looks.append(await stats(page))
            last = looks[-1]
            playing = studio_station.now_playing()
            assert playing["listeners"]["current"] >= 1
            ended = await page.evaluate("(session) => fetch(session, { method: 'DELETE' }).then((said) => said.status)", session)
            assert ended == 200
        finally:
            await browser.close()
    assert last["packetsLost"] == 0
    windows = [Window.between(before, after) for before, after in pairwise(looks)]
    # A machine that has other things to do stutters, and the browser's buffer grows; in a quiet moment it must be small and enough.
    assert any(window.good for window in windows), windows
    ahead_frames = (playing["position"] - last["rtpTimestamp"] + 2**31) % 2**32 - 2**31
    assert abs(ahead_frames) < 5 * 48_000, "the time stamp is not the position"
