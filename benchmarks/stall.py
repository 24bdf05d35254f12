"""A front that does nothing for two seconds, as if its event loop were stuck: stopped and continued by signals."""

import asyncio
import signal
from typing import Final

from benchmarks import station
from benchmarks.hls import HlsListener
from benchmarks.listeners import Listener, longest_gap
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import progress

STALL_SECONDS: Final = 2.0
STALLS: Final = 3
BETWEEN_SECONDS: Final = 10.0

LOST: Final = Bar("front stalls 2 s: HLS segments lost", "segments", most=0)
GAPS: Final = Bar("front stalls 2 s: gaps heard on ICY", "gaps", most=0)


async def measure() -> list[Row]:
    """One listener of each kind, present from before the first stall until after the last."""
    with station.scratch() as folder:
        async with station.on_air(folder) as ours:
            icy = Listener(ours.port, "/listen/main/radio.mp3", station.MP3_BYTES_A_SECOND)
            hls = HlsListener(f"{ours.address}/hls/main/live.m3u8")
            async with icy.listening(), hls.listening():
                began = await icy.heard(10)
                for number in range(STALLS):
                    await asyncio.sleep(BETWEEN_SECONDS)
                    progress(f"front stalls: {number + 1} of {STALLS}")
                    await _stall(ours)
                await asyncio.sleep(BETWEEN_SECONDS)
            gap = longest_gap(icy.arrivals, began, icy.arrivals[-1].at)
    return [
        LOST.row(hls.lost, note=hls.told(), valid=hls.taken > 0 and hls.holes == 0 and hls.steps_back == 0),
        GAPS.row(
            icy.player.gaps,
            note=f"{icy.player.silent_seconds:.2f} s silent; longest time without a byte {gap:.2f} s"
            + (f"; {icy.ended}" if icy.ended else ""),
            valid=icy.ended is None,
        ),
    ]


async def _stall(ours: station.Station) -> None:
    front = ours.the("front")
    front.send(signal.SIGSTOP)
    try:
        await asyncio.sleep(STALL_SECONDS)
    finally:
        front.send(signal.SIGCONT)


MEASUREMENT: Final = Measurement((LOST, GAPS), measure, 150.0)
