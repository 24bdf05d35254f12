"""An authenticated read of the library under load while the station plays: how many a second, how late, and what listeners hear of it.

wrk asks in a closed loop, as fast as answers come. The open loop sends on time whether answers come or not, so a stall is charged to
every request that fell into it.
"""

import asyncio
import re
import shutil
import time
from statistics import quantiles
from typing import Final

from benchmarks import station
from benchmarks.listeners import Listener
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress
from benchmarks.visitor import Visitor, visitor

PATH: Final = "/api/v1/library/tracks?limit=20"
CLOSED_SECONDS: Final = 10
CLOSED_CONNECTIONS: Final = 32
OPEN_SECONDS: Final = 10.0
OPEN_CONNECTIONS: Final = 100
OPEN_A_SECOND: Final = 2_000
UNLIMITED: Final = {
    "SECURITY__REQUESTS_PER_MINUTE_PER_ADDRESS": "100000000",
    "SECURITY__REQUESTS_PER_MINUTE_PER_ACCOUNT": "100000000",
    "SECURITY__REQUESTS_PER_SECOND": "1000000",
}
"""The limits are for strangers; here one visitor is a thousand."""

CLOSED: Final = Bar("cached read, closed loop of 32 connections", "requests/s", least=5_000)
OPEN: Final = Bar("cached read, 2,000/s over 100 connections: p99", "ms", most=25)
FAILED: Final = Bar("cached read: answers that are not 200", "answers", most=0)
GAPS: Final = Bar("cached read: gaps heard on ICY meanwhile", "gaps", most=0)


async def measure() -> list[Row]:
    """One station, one visitor, one listener."""
    wrk = shutil.which("wrk")
    if wrk is None:
        raise Unmeasured("wrk is not installed (Debian: apt-get install wrk)")
    with station.scratch() as folder:
        async with station.on_air(folder, **UNLIMITED) as ours:
            reader = await visitor(ours, "viewer")
            listener = Listener(ours.port, "/listen/main/radio.mp3", station.MP3_BYTES_A_SECOND)
            async with listener.listening():
                await listener.heard(10.0)
                a_second, broken = await _closed(wrk, ours, reader)
                latencies, failed = await _open(ours, reader)
            gaps = listener.player.gaps
    p99 = quantiles(latencies, n=100)[98]
    return [
        CLOSED.row(a_second, note="wrk on the other core; token, limits and JSON as a browser has them"),
        OPEN.row(1000 * p99, note=f"median {1000 * sorted(latencies)[len(latencies) // 2]:.2f} ms, {len(latencies)} answers"),
        FAILED.row(broken + failed),
        GAPS.row(gaps, note=listener.ended or "", valid=listener.ended is None),
    ]


async def _closed(wrk: str, ours: station.Station, reader: Visitor) -> tuple[float, int]:
    """Answers a second, and those that were not 2xx."""
    progress(f"cached read: closed loop, {CLOSED_SECONDS} s")
    command = [wrk, "-t1", f"-c{CLOSED_CONNECTIONS}", f"-d{CLOSED_SECONDS}", "-H", f"Authorization: {reader.headers['Authorization']}"]
    asked = await asyncio.create_subprocess_exec(*command, ours.address + PATH, stdout=asyncio.subprocess.PIPE)
    told = (await asked.communicate())[0].decode()
    found = re.search(r"Requests/sec:\s+([\d.]+)", told)
    if found is None:
        raise Unmeasured(f"wrk said: {told[-400:]}")
    broken = re.search(r"Non-2xx or 3xx responses: (\d+)", told)
    return float(found[1]), int(broken[1]) if broken else 0


async def _open(ours: station.Station, reader: Visitor) -> tuple[list[float], int]:
    """Seconds from when each request was due until its answer was whole, and how many were not 200."""
    progress(f"cached read: open loop, {OPEN_SECONDS:.0f} s")
    request = f"GET {PATH} HTTP/1.1\r\nHost: 127.0.0.1:{ours.port}\r\nAuthorization: {reader.headers['Authorization']}\r\n\r\n".encode()
    began = time.monotonic() + 0.2
    each = round(OPEN_A_SECOND * OPEN_SECONDS / OPEN_CONNECTIONS)
    asking = [_ask_on_time(ours.port, request, began + lane / OPEN_A_SECOND, each) for lane in range(OPEN_CONNECTIONS)]
    lanes = await asyncio.gather(*asking)
    return [latency for latencies, _ in lanes for latency in latencies], sum(failed for _, failed in lanes)


async def _ask_on_time(port: int, request: bytes, first: float, count: int) -> tuple[list[float], int]:
    """One connection: a request every 50 ms, sent as soon as it is due and the one before is answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    latencies, failed = [], 0
    for number in range(count):
        due = first + number * OPEN_CONNECTIONS / OPEN_A_SECOND
        await asyncio.sleep(due - time.monotonic())
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = re.search(rb"(?i)\r\ncontent-length: (\d+)", head)
        if length:
            await reader.readexactly(int(length[1]))
        latencies.append(time.monotonic() - due)
        failed += not head.startswith(b"HTTP/1.1 200")
    writer.close()
    return latencies, failed


MEASUREMENT: Final = Measurement((CLOSED, OPEN, FAILED, GAPS), measure, 180.0)
