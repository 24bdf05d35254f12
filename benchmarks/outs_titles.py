"""Titles against sound: every track is a tone of its own, so that it can be heard at which moment the next one begins.

In Chromium, on the station's own page, the moment from which a tone is heard in the player's element is held against the moment at which
its title comes before the listener's eyes. Of the MP3 mount it is the place in the stream from which it is heard, as ffmpeg decodes it,
against the place of the title's block of metadata.
"""

import asyncio
import subprocess
import time
from pathlib import Path
from typing import Any, Final

import numpy as np
from playwright.async_api import Page

from benchmarks import station
from benchmarks.browser import blank_page
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, program, progress

TONES: Final = 6
LOWEST_HERTZ: Final = 1000
STEP_HERTZ: Final = 190
"""No tone is a harmonic of another, and each has lines of its own in the listener's spectrum."""
AUDIBLE_DECIBELS: Final = -50.0
"""From here on a tone is heard: a segue brings it in from nothing."""
TRACK_SECONDS: Final = 20
LISTEN_SECONDS: Final = 75.0
HELD_SECONDS: Final = 3.0
LET_GO_SECONDS: Final = 0.5
"""A tone that was away for so long begins anew."""
CHANGES: Final = 3
"""At least so many must have been heard, or nothing is proven."""
RATE: Final = 48_000
HOP_FRAMES: Final = 480
WINDOW_FRAMES: Final = 960
MP3_BYTES_A_SECOND: Final = 192_000 // 8

HLS: Final = Bar("title against sound, HLS in Chromium", "ms", most=100)
WEBRTC: Final = Bar("title against sound, WebRTC in Chromium", "ms", most=100)
ICY: Final = Bar("title against sound, MP3 mount", "metaints", most=1)

WATCH: Final = f"""
() => {{
    const player = document.querySelector("sonic-player");
    const seen = window.__seen = {{ tones: [], titles: [] }};
    const context = new AudioContext();
    const ear = new AnalyserNode(context, {{ fftSize: 1024, smoothingTimeConstant: 0 }});
    const lines = new Float32Array(ear.frequencyBinCount);
    const running = new Map();
    let wired = null;
    setInterval(() => {{
        const now = performance.now();
        const title = player.shadowRoot.querySelector(".title h1")?.textContent.trim() ?? "";
        if (seen.titles.at(-1)?.[1] !== title) seen.titles.push([now, title]);
        const audio = player.shadowRoot.querySelector("audio");
        const stream = audio?.srcObject ?? null;
        if (audio !== null && wired !== (stream ?? audio)) {{
            wired = stream ?? audio;
            (stream === null ? context.createMediaElementSource(audio) : context.createMediaStreamSource(stream)).connect(ear);
        }}
        ear.getFloatFrequencyData(lines);
        for (let tone = 0; tone < {TONES}; tone++) {{
            const line = Math.round(({LOWEST_HERTZ} + tone * {STEP_HERTZ}) * ear.fftSize / context.sampleRate);
            if (lines[line] < {AUDIBLE_DECIBELS}) continue;
            let run = running.get(tone);
            if (run === undefined || now - run[2] > {LET_GO_SECONDS * 1000:g}) {{
                run = [now, tone, now];
                running.set(tone, run);
                seen.tones.push(run);
            }}
            run[2] = now;
        }}
    }}, 5);
}}
"""
"""Notes from when to when each tone is heard in what the element plays, and when the title changes."""


async def measure() -> list[Row]:
    """One station; both ways of the page and the mount at the same time."""
    settings = {"STUDIO__ENABLED": "false", "AIRCHECK__PROGRAMME": "false"}
    with station.scratch() as folder:
        _make_tones(station.media_folder(folder))
        async with station.on_air(folder, **settings) as ours:
            await asyncio.sleep(10.0)  # the bed of the first seconds is over, and the library is taken in
            progress(f"titles against sound: {LISTEN_SECONDS:.0f} s")
            async with asyncio.TaskGroup() as group:
                hls = group.create_task(_in_chromium(ours, ""))
                webrtc = group.create_task(_in_chromium(ours, "#live"))
                icy = group.create_task(_on_mount(ours, folder))
    return [
        _row(HLS, hls.result(), 1.0),
        _row(WEBRTC, webrtc.result(), 1.0),
        _row(ICY, icy.result()[0], icy.result()[1], after_sound=False),
    ]


def _row(bar: Bar, offsets: list[float], scale: float, after_sound: bool = True) -> Row:
    """`offsets`: of each title behind its sound, in units of 1/scale."""
    told = ", ".join(f"{offset / scale:+.2f}" if bar is ICY else f"{offset / scale:+.0f}" for offset in offsets)
    word = "of the title behind its sound" if after_sound else "of the title's block behind its sound"
    worst = max((abs(offset) / scale for offset in offsets), default=float("inf"))
    return bar.row(worst, note=f"{word}: {told}", valid=len(offsets) >= CHANGES)


def _make_tones(folder: Path) -> None:
    """A file a tone, at once there and at once gone; each by another artist."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(TONES):
        tone = f"sine={LOWEST_HERTZ + number * STEP_HERTZ}:r={RATE}:d={TRACK_SECONDS}"
        tags = ("-metadata", f"title=Tone {number}", "-metadata", f"artist=Fork {number}")
        command = [
            program("ffmpeg"),
            "-nostdin",
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            tone,
            "-ac",
            "2",
            *tags,
            str(folder / f"{number}.flac"),
        ]
        subprocess.run(command, check=True)


async def _in_chromium(ours: station.Station, mark: str) -> list[float]:
    """Milliseconds of each title behind its tone."""
    async with blank_page() as page:
        await page.goto(f"{ours.address}/public/main{mark}")
        await page.locator("sonic-player button.play").click()
        await page.evaluate(WATCH)
        await asyncio.sleep(LISTEN_SECONDS)
        return _paired(await page.evaluate("window.__seen"), await _way(page))


async def _way(page: Page) -> str:
    return str(await page.evaluate("document.querySelector('sonic-player').shadowRoot.textContent.replace(/\\s+/g, ' ').trim()"))


def _paired(seen: dict[str, list[Any]], shown: str) -> list[float]:
    """Each beginning of a tone with that title's."""
    titles = [(float(at), str(title)) for at, title in seen["titles"][1:]]
    begun = _begun([(start / 1000, int(tone), end / 1000) for start, tone, end in seen["tones"]])
    if not begun:
        raise Unmeasured(f"no change was heard; tones {seen['tones'][:5]}, titles {seen['titles'][:5]}, the page: {shown[:200]}")
    return _offsets(titles, [(at * 1000, tone) for at, tone in begun])


def _offsets(titles: list[tuple[float, str]], begun: list[tuple[float, int]]) -> list[float]:
    """How far each beginning of a tone is from the nearest announcement of it: a track may air again."""
    found = []
    for at, tone in begun:
        behind = [told - at for told, title in titles if title.endswith(f"Tone {tone}")]
        if behind:
            found.append(min(behind, key=abs))
    return found


def _begun(runs: list[tuple[float, int, float]]) -> list[tuple[float, int]]:
    """Where the tones begin that last, but for the first: the bed is no tone, and the listener came in the middle of one."""
    return [(start, tone) for start, tone, end in sorted(runs) if end - start >= HELD_SECONDS][1:]


async def _on_mount(ours: station.Station, folder: Path) -> tuple[list[float], float]:
    """Bytes of each title's block behind its tone, and the bytes between two blocks."""
    reader, writer = await asyncio.open_connection("127.0.0.1", ours.port)
    writer.write(b"GET /listen/main/radio.mp3 HTTP/1.0\r\nIcy-MetaData: 1\r\n\r\n")
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    metaint = int(head.partition("icy-metaint:")[2].split("\r\n")[0])
    sound, titles = bytearray(), list[tuple[int, str]]()
    end = time.monotonic() + LISTEN_SECONDS
    while time.monotonic() < end:
        sound += await reader.readexactly(metaint)
        block = await reader.readexactly(16 * (await reader.readexactly(1))[0])
        if block:
            titles.append((len(sound), block.decode().partition("StreamTitle='")[2].partition("';")[0]))
    writer.close()
    path = folder / "heard.mp3"
    path.write_bytes(sound)
    begun = _begun(await asyncio.to_thread(_runs, path))
    places = [(at * MP3_BYTES_A_SECOND, tone) for at, tone in begun]
    return _offsets([(float(at), title) for at, title in titles[1:]], places), float(metaint)


def _runs(path: Path) -> list[tuple[float, int, float]]:
    """From which second of the file to which each tone is heard."""
    command = [program("ffmpeg"), "-nostdin", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "1", "-ar", str(RATE), "pipe:1"]
    sound = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f4")
    windows = np.lib.stride_tricks.sliding_window_view(sound, WINDOW_FRAMES)[::HOP_FRAMES]
    window = np.blackman(WINDOW_FRAMES)
    times = (np.arange(len(windows)) * HOP_FRAMES + WINDOW_FRAMES / 2) / RATE
    runs = list[tuple[float, int, float]]()
    for tone in range(TONES):
        wave = np.exp(-2j * np.pi * (LOWEST_HERTZ + tone * STEP_HERTZ) * np.arange(WINDOW_FRAMES) / RATE)
        heard = times[20 * np.log10(np.abs(windows @ (window * wave)) / window.sum() + 1e-12) > AUDIBLE_DECIBELS]
        parts = np.split(heard, np.flatnonzero(np.diff(heard) > LET_GO_SECONDS) + 1)
        runs.extend((float(part[0]), tone, float(part[-1])) for part in parts if len(part))
    return runs


MEASUREMENT: Final = Measurement((HLS, WEBRTC, ICY), measure, LISTEN_SECONDS + 150)
