"""A real browser calls, with a picture beside its sound as some programs have it: the sound is heard, in both channels."""

import numpy as np
import pytest
from playwright.async_api import async_playwright

from tests.programs import program
from tests.server.live.whip.caller import LEFT_HZ, RIGHT_HZ
from tests.server.live.whip.house import house
from tests.server.live.whip.test_routes import heard_seconds, strongest_hz
from tests.web.tab import FLAGS

pytestmark = pytest.mark.real

CALL = """async ([left, right]) => {
    const context = new AudioContext({ sampleRate: 48000 });
    const merger = new ChannelMergerNode(context, { numberOfInputs: 2 });
    [left, right].forEach((frequency, input) => {
        const tone = new OscillatorNode(context, { frequency });
        tone.connect(new GainNode(context, { gain: 0.25 })).connect(merger, 0, input);
        tone.start();
    });
    const sound = new MediaStreamAudioDestinationNode(context, { channelCount: 2 });
    merger.connect(sound);
    await context.resume();
    const canvas = document.createElement("canvas");
    canvas.getContext("2d");
    const peer = (window.peer = new RTCPeerConnection());
    peer.addTransceiver(canvas.captureStream(5).getVideoTracks()[0], { direction: "sendonly" });
    peer.addTransceiver(sound.stream.getAudioTracks()[0], { direction: "sendonly" });
    await peer.setLocalDescription(await peer.createOffer());
    const headers = { "Content-Type": "application/sdp" };
    const asked = performance.now();
    const answer = await fetch("/whip/main", { method: "POST", headers, body: peer.localDescription.sdp });
    if (answer.status !== 201) return [answer.status, await answer.text()];
    await peer.setRemoteDescription({ type: "answer", sdp: await answer.text() });
    const change = () => new Promise((done) => peer.addEventListener("connectionstatechange", done, { once: true }));
    while (peer.connectionState !== "connected") await change();
    return [answer.status, performance.now() - asked];
}"""


async def test_chromium_is_heard_in_both_channels_and_its_picture_is_turned_down() -> None:
    async with house() as place, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=list(FLAGS))
        try:
            page = await browser.new_page()
            await page.goto(place.base + "/")
            status, told = await page.evaluate(CALL, [LEFT_HZ, RIGHT_HZ])
            assert status == 201, told
            heard = (await heard_seconds(place, 2.5))[48_000:]
            assert strongest_hz(heard[:, 0]) == pytest.approx(LEFT_HZ, abs=2)
            assert strongest_hz(heard[:, 1]) == pytest.approx(RIGHT_HZ, abs=2)
            assert np.sqrt(np.mean((heard / 32_768) ** 2, axis=0)) == pytest.approx(0.25 / np.sqrt(2), rel=0.1)
        finally:
            await browser.close()
        assert told < 1_000, "milliseconds from the offer to the connection"
