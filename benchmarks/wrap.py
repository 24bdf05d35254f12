"""The clock of a station that has been on air for a day: past 2^32 frames (24 h 51 min), where a 32-bit count of them begins again.

The station is given a state in which it signed on that long ago, so that it passes the mark while everybody listens.
"""

import asyncio
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from benchmarks import station
from benchmarks.browser import hls_js
from benchmarks.ffmpeg import Timeline
from benchmarks.hls import HlsListener
from benchmarks.listeners import Listener
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress
from dsp.block import frames_of, seconds_of
from server.sitting.sitting import VERSION, StationState
from server.sitting.state_file import StateFile
from sonicforge.folders import Folders

WRAP_FRAMES: Final = 2**32
LEAD_SECONDS: Final = 30.0
"""From the start of the station to the mark: room for its start and for everybody to come, five seconds before it at the latest."""
AFTER_SECONDS: Final = 20.0
REST_SECONDS: Final = 3600.0

GAPS: Final = Bar("clock past 2^32 frames: gaps", "gaps", most=0)
BACK: Final = Bar("clock past 2^32 frames: steps back", "steps", most=0)
STALLS: Final = Bar("clock past 2^32 frames: stalls of hls.js", "stalls", most=0)


async def measure() -> list[Row]:
    """HLS by ffmpeg, by hls.js and whole; MP3 by bytes; Opus, the mount that carries the clock itself, by ffmpeg."""
    hls_times, opus_times = Timeline(), Timeline()
    with station.scratch() as folder:
        wraps_at = _seed(station.state_folder(folder))
        progress(f"clock past 2^32 frames: {LEAD_SECONDS + AFTER_SECONDS:.0f} s around it")
        async with station.on_air(folder) as ours, AsyncExitStack() as leaving:
            stream = f"{ours.address}/hls/main/live.m3u8"
            hls = await leaving.enter_async_context(HlsListener(stream).listening())
            await leaving.enter_async_context(hls_times.following(stream))
            await leaving.enter_async_context(opus_times.following(f"{ours.address}/listen/main/radio.opus"))
            icy = Listener(ours.port, "/listen/main/radio.mp3", station.MP3_BYTES_A_SECOND)
            await leaving.enter_async_context(icy.listening())
            await icy.heard(10)
            browser = await leaving.enter_async_context(hls_js(stream))
            early = wraps_at - time.time()
            await asyncio.sleep(max(0.0, early) + AFTER_SECONDS)
            heard = await browser.heard()
    passed = all(rung.got and _first(rung.got) < WRAP_FRAMES < _end(rung.got) for rung in hls.rungs) and early > 0
    came = f"the listeners were there {early:.1f} s before the mark" if passed else "the clock did not pass the mark while they listened"
    gaps = hls_times.gaps + opus_times.gaps + icy.player.gaps + hls.holes + hls.lost
    back = hls_times.steps_back + opus_times.steps_back + hls.steps_back
    valid = passed and hls_times.packets > 0 and opus_times.packets > 0 and icy.ended is None
    note = f"{came}; ffmpeg took {hls_times.packets} packets of HLS, {opus_times.packets} of Opus; HLS {hls.holes} holes, {hls.lost} lost"
    said = "; ".join([*hls_times.complaints[:2], *opus_times.complaints[:2]]) or "nothing"
    return [
        GAPS.row(gaps, note=note, valid=valid),
        BACK.row(back, note=f"ffmpeg said: {said}", valid=valid),
        STALLS.row(heard.stalls, note=f"errors: {', '.join(heard.errors) or 'none'}", valid=passed and heard.longest_stop_seconds < 1),
    ]


def _seed(state: Path) -> float:
    """Writes the state of a station that rests since an hour and will pass the mark soon; the UNIX time of that."""
    folders = Folders(state)
    folders.make()
    now = time.time()
    wraps_at = now + LEAD_SECONDS
    epoch = wraps_at - seconds_of(WRAP_FRAMES)
    rested_at = now - REST_SECONDS
    position = frames_of(rested_at - epoch)
    file = folders.station("main") / "state.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    StateFile(file).save(
        StationState(
            version=VERSION,
            epoch=epoch,
            sitting=1,
            position=position,
            stored_at=rested_at,
            started_position=0,
            airing=None,
            queue=[],
            vetoes=[],
            stopped=False,
            round_position=0,
            clean=True,
        )
    )
    return wraps_at


def _first(got: dict[int, list[tuple[int, int]]]) -> int:
    return got[min(got)][0][0]


def _end(got: dict[int, list[tuple[int, int]]]) -> int:
    return got[max(got)][-1][1]


MEASUREMENT: Final = Measurement((GAPS, BACK, STALLS), measure, 150.0)
