"""Chromium without a window, as a listener: hls.js on a page of our own, or any page of the station.

The browser asks for nothing outside the loopback, and no policy is lifted: sound starts by a real click, as people start it.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote

from aiohttp.web import Application, AppRunner, FileResponse, Request, TCPSite
from playwright.async_api import Page, async_playwright

from benchmarks.processes import free_port
from benchmarks.station import HOUSE
from benchmarks.unmeasured import Unmeasured, program

FLAGS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PAGE: Final = Path(__file__).with_name("listening_page.html")
HLS_JS: Final = HOUSE / "web" / "frontend" / "node_modules" / "hls.js" / "dist" / "hls.min.js"
PLAYS_SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What a listener with hls.js noticed in some stretch of time."""

    played: bool
    longest_stop_seconds: float
    """The longest time for which the place in the stream did not move."""
    stalls: int
    """`waiting` events: the player had nothing left."""
    errors: list[str]
    latencies_seconds: list[float]
    """PROGRAM-DATE-TIME of what was heard against the wall clock, twenty times a second."""
    stops: list[str]
    """Each stop of more than half a second in words: how long, where, what was in hand, and whether the page itself was held up."""


class HlsJs:
    """A page on which hls.js plays."""

    def __init__(self, page: Page) -> None:
        self._page = page

    async def heard(self) -> Heard:
        """What was noticed since the last call."""
        told = await self._page.evaluate("heard()")
        return Heard(told["played"], told["longestStop"], len(told["stalls"]), told["errors"], told["latencies"], told["stops"])


@asynccontextmanager
async def blank_page() -> AsyncIterator[Page]:
    """An empty page of a fresh browser. Raises Unmeasured without Chromium."""
    executable = program("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable, args=list(FLAGS))
        try:
            yield await browser.new_page()
        finally:
            await browser.close()


@asynccontextmanager
async def hls_js(stream: str) -> AsyncIterator[HlsJs]:
    """hls.js in its low-latency mode, playing `stream` since a click. Raises Unmeasured if it does not."""
    if not HLS_JS.exists():
        raise Unmeasured(f"{HLS_JS.relative_to(HOUSE)} is missing: `make run` builds the front end (npm ci in web/frontend)")
    async with _served() as address, blank_page() as page:
        await page.goto(f"{address}/?stream={quote(stream, safe='')}")
        await page.click("#play")
        player = HlsJs(page)
        try:
            await page.wait_for_function("audio.currentTime > 0 && played", timeout=PLAYS_SECONDS * 1000)
        except Exception as error:
            raise Unmeasured(f"hls.js does not play {stream}: {(await player.heard()).errors or error}") from error
        await player.heard()
        yield player


@asynccontextmanager
async def _served() -> AsyncIterator[str]:
    """The page and hls.js on a port of their own."""

    async def page(_: Request) -> FileResponse:
        return FileResponse(PAGE)

    async def script(_: Request) -> FileResponse:
        return FileResponse(HLS_JS)

    application = Application()
    application.router.add_get("/", page)
    application.router.add_get("/hls.js", script)
    runner = AppRunner(application)
    await runner.setup()
    try:
        port = free_port()
        await TCPSite(runner, "127.0.0.1", port).start()
        yield f"http://127.0.0.1:{port}"
    finally:
        await runner.cleanup()
