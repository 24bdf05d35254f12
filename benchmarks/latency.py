"""How far behind the air people listen, and how soon after a click they hear something. In Chromium, which no policy is lifted for."""

import asyncio
import time
from statistics import median
from typing import Final

from benchmarks import station
from benchmarks.browser import blank_page, hls_js
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress

SETTLE_SECONDS: Final = 5.0
LISTEN_SECONDS: Final = 20.0
VISITS: Final = 5
VISIT_SECONDS: Final = 15.0

LATENCY: Final = Bar("LL-HLS latency in hls.js", "s", most=2.5)
CLICK: Final = Bar("first sound after a click on the player", "s", most=1.5)

NOTICE: Final = """
(() => {
  const seen = { clicked: null, sounded: null };
  window.__seen = seen;
  addEventListener("pointerdown", () => { seen.clicked ??= performance.now(); }, true);
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function (...rest) { listenTo(this); return play.apply(this, rest); };
  const known = new Set();
  const listenTo = (audio) => {
    if (known.has(audio)) return;
    known.add(audio);
    const context = new AudioContext();
    const ear = context.createAnalyser();
    ear.fftSize = 2048;
    const wave = new Float32Array(ear.fftSize);
    let source = null;
    let wired = 0;
    const watch = setInterval(() => {
      // What is captured before the element has its stream stays silent for ever, so it is captured again until it sounds.
      const now = performance.now();
      const tracks = audio.currentTime > 0 && now - wired > 100 ? audio.captureStream().getAudioTracks() : [];
      if (tracks.length) {
        source?.disconnect();
        source = context.createMediaStreamSource(new MediaStream(tracks));
        source.connect(ear);
        wired = now;
      }
      ear.getFloatTimeDomainData(wave);
      if (wave.some((sample) => Math.abs(sample) > 0.001)) {
        seen.sounded ??= performance.now();
        clearInterval(watch);
      }
    }, 10);
  };
})();
"""
"""Put into the page before its own scripts: when a pointer went down, and when what plays first rose above -60 dBFS."""


async def measure_latency() -> list[Row]:
    """hls.js by itself on a page of ours."""
    with station.scratch() as folder:
        async with station.on_air(folder) as ours:
            return [await _latency(ours)]


async def measure_clicks() -> list[Row]:
    """A few fresh browsers on the station's own player."""
    with station.scratch() as folder:
        async with station.on_air(folder) as ours:
            await asyncio.sleep(SETTLE_SECONDS)
            return [await _clicks(ours)]


async def _latency(ours: station.Station) -> Row:
    progress(f"LL-HLS latency: {LISTEN_SECONDS:.0f} s of hls.js")
    async with hls_js(f"{ours.address}/hls/main/live.m3u8") as player:
        await asyncio.sleep(SETTLE_SECONDS)
        await player.heard()
        await asyncio.sleep(LISTEN_SECONDS)
        heard = await player.heard()
    if not heard.latencies_seconds:
        raise Unmeasured("hls.js knows no PROGRAM-DATE-TIME of what it plays")
    note = (
        f"median; {min(heard.latencies_seconds):.2f} .. {max(heard.latencies_seconds):.2f} s over {LISTEN_SECONDS:g} s, "
        f"{heard.stalls} stalls, errors: {', '.join(heard.errors) or 'none'}"
    )
    return LATENCY.row(median(heard.latencies_seconds), note=note, valid=heard.stalls == 0)


async def _clicks(ours: station.Station) -> Row:
    times = []
    for number in range(VISITS):
        progress(f"first sound after a click: visit {number + 1} of {VISITS}")
        times.append(await _visit(ours))
    return CLICK.row(max(times), note=f"the slowest of {VISITS} visits by fresh browsers: {', '.join(f'{time:.2f}' for time in times)}")


async def _visit(ours: station.Station) -> float:
    """Seconds from the click to the first sample above -60 dBFS."""
    async with blank_page() as page:
        await page.add_init_script(NOTICE)
        await page.goto(f"{ours.address}/")
        button = page.locator("button").filter(visible=True).first
        await button.click(timeout=VISIT_SECONDS * 1000)
        deadline = time.monotonic() + VISIT_SECONDS
        while time.monotonic() < deadline:
            seen = await page.evaluate("__seen")
            if seen["clicked"] is not None and seen["sounded"] is not None:
                return (float(seen["sounded"]) - float(seen["clicked"])) / 1000
            await asyncio.sleep(0.1)
    raise Unmeasured(f"no sound within {VISIT_SECONDS:g} s of the click; it was {'seen' if seen['clicked'] else 'not seen'} by the page")


LISTENING: Final = Measurement((LATENCY,), measure_latency, 120.0)
CLICKING: Final = Measurement((CLICK,), measure_clicks, 200.0)
