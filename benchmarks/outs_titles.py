"""Titles against sound: every track is a tone of its own, so that it can be heard at which moment the next one begins.

In Chromium, on the station's own page, the moment at which the tone changes in the player's element is held against the moment at which the
title changes before the listener's eyes. Of the MP3 mount it is the place in the stream at which the sound changes, as ffmpeg decodes it,
against the place of the title's block of metadata.
"""

import asyncio
import subprocess
import time
from itertools import pairwise
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
LOWEST_HERTZ: Final = 600
STEP_HERTZ: Final = 200
TRACK_SECONDS: Final = 20
LISTEN_SECONDS: Final = 75.0
HELD_SECONDS: Final = 1.0
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
    const note = (list, value) => {{ if (list.at(-1)?.[1] !== value) list.push([performance.now(), value]); }};
    const context = new AudioContext();
    const ear = new AnalyserNode(context, {{ fftSize: 1024, smoothingTimeConstant: 0 }});
    const lines = new Float32Array(ear.frequencyBinCount);
    let wired = null;
    setInterval(() => {{
        note(seen.titles, player.shadowRoot.querySelector(".title h1")?.textContent.trim() ?? "");
        const audio = player.shadowRoot.querySelector("audio");
        const [track] = audio?.captureStream().getAudioTracks() ?? [];
        if (track !== undefined && track.id !== wired) {{
            wired = track.id;
            context.createMediaStreamSource(new MediaStream([track])).connect(ear);
        }}
        ear.getFloatFrequencyData(lines);
        const loudest = lines.indexOf(Math.max(...lines));
        const tone = Math.round((loudest * context.sampleRate / ear.fftSize - {LOWEST_HERTZ}) / {STEP_HERTZ});
        if (lines[loudest] > -60) note(seen.tones, tone);
    }}, 5);
}}
"""
"""Notes when the tone changes in what the element plays, and when the title does."""


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


def _paired(seen: dict[str, list[tuple[float, Any]]], shown: str) -> list[float]:
    """Each change of the tone with that title's."""
    titles = [(float(at), str(title)) for at, title in seen["titles"][1:]]
    changes = _settled([(at / 1000, int(tone)) for at, tone in seen["tones"]])
    if not changes:
        raise Unmeasured(f"no change was heard; tones {seen['tones'][:5]}, titles {seen['titles'][:5]}, the page: {shown[:200]}")
    return _offsets(titles, [(at * 1000, tone) for at, tone in changes])


def _offsets(titles: list[tuple[float, str]], changes: list[tuple[float, int]]) -> list[float]:
    """How far each change of the tone is from the nearest announcement of it: a track may air again."""
    found = []
    for at, tone in changes:
        behind = [told - at for told, title in titles if title.endswith(f"Tone {tone}")]
        if behind:
            found.append(min(behind, key=abs))
    return found


def _settled(changes: list[tuple[float, int]]) -> list[tuple[float, int]]:
    """Those from one of the tones to another, both of which last: the bed and the segue out of it flicker."""
    ends = [at for at, _ in changes[1:]] + [float("inf")]
    runs = [(at, tone) for (at, tone), end in zip(changes, ends, strict=True) if end - at >= HELD_SECONDS and 0 <= tone < TONES]
    return runs[1:]


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
    changes = _settled(await asyncio.to_thread(_changes, path))
    places = [(at * MP3_BYTES_A_SECOND, tone) for at, tone in changes]
    return _offsets([(float(at), title) for at, title in titles[1:]], places), float(metaint)


def _changes(path: Path) -> list[tuple[float, int]]:
    """Seconds into the file, and the tone that begins there."""
    command = [program("ffmpeg"), "-nostdin", "-v", "error", "-i", str(path), "-f", "f32le", "-ac", "1", "-ar", str(RATE), "pipe:1"]
    sound = np.frombuffer(subprocess.run(command, capture_output=True, check=True).stdout, "<f4")
    window = np.hanning(WINDOW_FRAMES)
    starts = range(0, len(sound) - WINDOW_FRAMES, HOP_FRAMES)
    lines = [int(np.argmax(np.abs(np.fft.rfft(sound[start : start + WINDOW_FRAMES] * window)))) for start in starts]
    tones = [round((line * RATE / WINDOW_FRAMES - LOWEST_HERTZ) / STEP_HERTZ) for line in lines]
    middle = WINDOW_FRAMES / 2
    return [
        ((start + middle) / RATE, later) for start, (earlier, later) in zip(starts[1:], pairwise(tones), strict=False) if earlier != later
    ]


MEASUREMENT: Final = Measurement((HLS, WEBRTC, ICY), measure, LISTEN_SECONDS + 150)
