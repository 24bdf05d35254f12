"""SIGKILL for the front and for the engine, ten times each at random moments, while people listen in three ways.

A bare listener on MP3 notes every byte, ffmpeg decodes the same mount, and hls.js plays in a browser; a fourth takes every segment.
"""

import asyncio
import random
import signal
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

from benchmarks import station
from benchmarks.browser import Heard, HlsJs, hls_js
from benchmarks.ffmpeg import Decoder
from benchmarks.hls import HlsListener
from benchmarks.listeners import Listener, cadence, first_sound, longest_gap
from benchmarks.measurement import Measurement
from benchmarks.programme import Programme
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress

KILLS: Final = 10
SEED: Final = 20
BETWEEN_SECONDS: Final = (5.0, 14.0)
BACK_SECONDS: Final = 20.0
"""So long a listener waits for what never comes."""
AFTERMATH_SECONDS: Final = 4.0
MOUNT: Final = "/listen/main/radio.mp3"

FRONT_BACK: Final = Bar("front killed: until a new connection hears", "s", most=2.0)
FRONT_ENGINE: Final = Bar("front killed: engines that went with it", "engines", most=0)
FRONT_LOST: Final = Bar("front killed: HLS segments lost", "segments", most=0)
FRONT_TIME: Final = Bar("front killed: holes and steps back of HLS", "places", most=0)
ENGINE_GAP: Final = Bar("engine killed: longest gap on ICY beyond cadence", "s", most=0.5)
ENGINE_BACK: Final = Bar("engine killed: until the programme is back", "s", most=2.0)
ENGINE_TRACK: Final = Bar("engine killed: returns on another track", "returns", most=0)
ENGINE_STALLS: Final = Bar("engine killed: stalls of hls.js", "stalls", most=0)
ENGINE_LOST: Final = Bar("engine killed: HLS segments lost", "segments", most=0)
ENGINE_TIME: Final = Bar("engine killed: holes and steps back of HLS", "places", most=0)


@dataclass(slots=True)
class Kill:
    """What followed one kill. Seconds; infinite where what was awaited never came."""

    back_seconds: float = float("inf")
    gap_seconds: float = 0.0
    decoded_gap_seconds: float = 0.0
    other_track: bool = False
    heard: Heard | None = None


@dataclass(slots=True)
class Witnesses:
    """Those who listen throughout."""

    hls: HlsListener
    browser: HlsJs
    icy: Listener
    decoder: Decoder
    kills: list[Kill] = field(default_factory=list)

    @property
    def stalls(self) -> int:
        return sum(max(kill.heard.stalls, len(kill.heard.stops)) for kill in self.kills if kill.heard)

    def browser_note(self) -> str:
        """What the browser made of it."""
        stops = max((kill.heard.longest_stop_seconds for kill in self.kills if kill.heard), default=0.0)
        errors = {error for kill in self.kills if kill.heard for error in kill.heard.errors}
        words = f"hls.js: {self.stalls} stalls, longest stop {stops:.2f} s, errors: {', '.join(sorted(errors)) or 'none'}"
        return "; ".join([words, *(stop for kill in self.kills if kill.heard for stop in kill.heard.stops)])


async def measure_front() -> list[Row]:
    """Kills of the front; ICY listeners lose their connection, so a new one is made each time."""
    with station.scratch() as folder:
        async with station.on_air(folder) as ours, _witnessed(ours) as seen:
            engine = ours.the("engine")
            async for number in _moments("front"):
                seen.kills.append(await _kill_front(ours, seen, number))
            lived = engine.alive
    times = [kill.back_seconds for kill in seen.kills]
    decoded = max(kill.decoded_gap_seconds for kill in seen.kills)
    note = (
        f"of {KILLS} kills: {_list(times)}; ffmpeg, told to reconnect, decoded nothing for at most {decoded:.2f} s; {seen.browser_note()}"
    )
    return [
        FRONT_BACK.row(max(times), note=note),
        FRONT_ENGINE.row(0 if lived else 1),
        *_hls_rows(seen.hls, FRONT_LOST, FRONT_TIME),
    ]


async def measure_engine() -> list[Row]:
    """Kills of the engine; nobody's connection may end."""
    with station.scratch() as folder:
        async with station.on_air(folder) as ours, _witnessed(ours) as seen:
            async for number in _moments("engine"):
                seen.kills.append(await _kill_engine(ours, seen, number))
    kills = seen.kills
    decoded = _list([kill.decoded_gap_seconds for kill in kills])
    ended = f"; the listener's connection ended: {seen.icy.ended}" if seen.icy.ended else ""
    return [
        ENGINE_GAP.row(
            max(kill.gap_seconds for kill in kills),
            note=f"{_list([kill.gap_seconds for kill in kills])}; ffmpeg decoded nothing for {decoded}{ended}",
            valid=not ended,
        ),
        ENGINE_BACK.row(max(kill.back_seconds for kill in kills), note=_list([kill.back_seconds for kill in kills])),
        ENGINE_TRACK.row(sum(kill.other_track for kill in kills)),
        ENGINE_STALLS.row(seen.stalls, note=seen.browser_note()),
        *_hls_rows(seen.hls, ENGINE_LOST, ENGINE_TIME),
    ]


def _hls_rows(hls: HlsListener, lost: Bar, out_of_time: Bar) -> list[Row]:
    valid = hls.taken > 0
    return [lost.row(hls.lost, note=hls.told(), valid=valid), out_of_time.row(hls.holes + hls.steps_back, valid=valid)]


async def _kill_front(ours: station.Station, seen: Witnesses, number: int) -> Kill:
    kill = Kill()
    front = ours.the("front")
    progress(f"front killed: {number + 1} of {KILLS}")
    began = time.monotonic()
    front.send(signal.SIGKILL)
    try:
        kill.back_seconds = await first_sound(ours.port, MOUNT, BACK_SECONDS) - began
    except TimeoutError:
        return kill
    await asyncio.sleep(AFTERMATH_SECONDS)
    kill.decoded_gap_seconds = longest_gap(seen.decoder.arrivals, began, time.monotonic())
    kill.heard = await seen.browser.heard()
    return kill


async def _kill_engine(ours: station.Station, seen: Witnesses, number: int) -> Kill:
    kill = Kill()
    programme = Programme(ours)
    before, losses = await programme.in_mid_track(), await programme.losses()
    engine = ours.the("engine")
    progress(f"engine killed: {number + 1} of {KILLS}, in {before.title!r}")
    await seen.browser.heard()
    began = time.monotonic()
    usual = cadence(seen.icy.arrivals, began - 5, began)
    engine.send(signal.SIGKILL)
    try:
        after = await programme.back(losses, BACK_SECONDS)
    except TimeoutError:
        return kill
    kill.back_seconds = time.monotonic() - began
    kill.other_track = after.track != before.track
    await asyncio.sleep(AFTERMATH_SECONDS)
    kill.gap_seconds = max(0.0, longest_gap(seen.icy.arrivals, began - usual, time.monotonic() - usual) - usual)
    kill.decoded_gap_seconds = longest_gap(seen.decoder.arrivals, began, time.monotonic() - 0.1)
    kill.heard = await seen.browser.heard()
    return kill


async def _moments(role: str) -> AsyncIterator[int]:
    """The number of each kill, when its moment has come."""
    moments = random.Random(f"{role} {SEED}")
    for number in range(KILLS):
        await asyncio.sleep(moments.uniform(*BETWEEN_SECONDS))
        yield number


@asynccontextmanager
async def _witnessed(ours: station.Station) -> AsyncIterator[Witnesses]:
    stream = f"{ours.address}/hls/main/live.m3u8"
    async with AsyncExitStack() as leaving:
        hls = await leaving.enter_async_context(HlsListener(stream).listening())
        browser = await leaving.enter_async_context(hls_js(stream))
        icy = await leaving.enter_async_context(Listener(ours.port, MOUNT, station.MP3_BYTES_A_SECOND).listening())
        decoder = Decoder()
        await leaving.enter_async_context(decoder.listening(ours.address + MOUNT, reconnects=True))
        await icy.heard(10)
        yield Witnesses(hls, browser, icy, decoder)


def _list(seconds: list[float]) -> str:
    return " ".join(f"{second:.2f}" for second in seconds)


FRONT: Final = Measurement((FRONT_BACK, FRONT_ENGINE, FRONT_LOST, FRONT_TIME), measure_front, 420.0)
ENGINE: Final = Measurement((ENGINE_GAP, ENGINE_BACK, ENGINE_TRACK, ENGINE_STALLS, ENGINE_LOST, ENGINE_TIME), measure_engine, 540.0)
