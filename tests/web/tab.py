"""One page in a real browser: what the tests of all pages share. Whatever goes wrong in it is written down."""

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.async_api import ConsoleMessage, Locator, Page, async_playwright, expect

from tests.programs import program
from tests.web.fake_station import FakeStation
from web.assets import STATIC_FOLDER

FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--autoplay-policy=no-user-gesture-required"),
)
WATCH_VIOLATIONS = """
    window.violations = [];
    document.addEventListener("securitypolicyviolation", (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
HEAR = """async (audio) => {
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 8192 });
    context.createMediaElementSource(audio).connect(analyser);
    const wave = new Float32Array(8192);
    let loudest = 0;
    for (let look = 0; look < 8; look++) {
        await new Promise((done) => setTimeout(done, 125));
        analyser.getFloatTimeDomainData(wave);
        loudest = Math.max(loudest, Math.sqrt(wave.reduce((sum, value) => sum + value * value, 0) / wave.length));
    }
    const bins = new Float32Array(analyser.frequencyBinCount);
    analyser.getFloatFrequencyData(bins);
    await context.close();
    return { rms: loudest, hz: (bins.indexOf(Math.max(...bins)) * context.sampleRate) / 8192 };
}"""
"""What the element plays: the highest level of a second, and the strongest tone at its end."""

NAMELESS = """() => {
    const all = [];
    const collect = (root) => {
        for (const one of root.querySelectorAll("*")) {
            all.push(one);
            if (one.shadowRoot) collect(one.shadowRoot);
        }
    };
    collect(document);
    const named = (one) => (one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent).trim() !== "";
    const controls = all.filter((one) => one.matches("button, a[href], input, select, [role=progressbar], nav, section"));
    const pictures = all.filter((one) => one.matches("img") && !one.hasAttribute("alt"));
    const drawn = all.filter((one) => one.matches("svg, canvas") && one.getAttribute("aria-hidden") !== "true");
    return [...controls.filter((one) => !named(one)), ...pictures, ...drawn].map((one) => one.outerHTML);
}"""
"""Whatever a listener without eyes could not tell from another: controls without a name, pictures without an alternative."""


def _is_complaint(message: ConsoleMessage) -> bool:
    """A part that a slow machine asked for too late is HLS's daily life: the player goes on with the next one."""
    late_part = "404" in message.text and message.location["url"].endswith(".m4s")
    return message.type in ("error", "warning") and not late_part


@dataclass
class Tab:
    """One page and all that went wrong in it."""

    page: Page
    station: FakeStation
    complaints: list[str] = field(default_factory=list)

    @property
    def audio(self) -> Locator:
        return self.page.locator("sonic-player audio")

    @property
    def button(self) -> Locator:
        return self.page.locator("button.play")

    async def open(self, path: str = "/") -> None:
        await self.page.goto(self.station.base + path)
        await expect(self.page.locator("sonic-player h1")).not_to_be_empty()

    async def seconds(self) -> float:
        return float(await self.audio.evaluate("(audio) => audio.currentTime"))

    async def sounds(self, within_seconds: float = 15.0) -> None:
        """Returns when sound has moved on for half a second."""
        deadline = time.monotonic() + within_seconds
        began = await self.seconds()
        while True:
            now = await self.seconds()
            if now < began:
                began = now
            if now > began + 0.5:
                return
            assert time.monotonic() < deadline, f"no sound within {within_seconds} s: {await self.page.locator('.sign').inner_text()}"
            await self.page.wait_for_timeout(50)

    async def violations(self) -> list[str]:
        return list(await self.page.evaluate("window.violations"))


@asynccontextmanager
async def tab(station: FakeStation, **context: Any) -> AsyncIterator[Tab]:
    assert (STATIC_FOLDER / "manifest.json").exists(), "The front end has not been built: `make test` builds it."
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program("chromium"), args=list(FLAGS))
        try:
            page = await (await browser.new_context(**context)).new_page()
            await page.add_init_script(WATCH_VIOLATIONS)
            opened = Tab(page, station)
            page.on(
                "console",
                lambda message: (
                    opened.complaints.append(f"{message.text} {message.location.get('url')}") if _is_complaint(message) else None
                ),
            )
            page.on("pageerror", lambda error: opened.complaints.append(str(error)))
            yield opened
        finally:
            await browser.close()
