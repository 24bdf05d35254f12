"""The station's own PostgreSQL is killed, and frozen, while people listen and ask: what they hear and are answered, and when it is over."""

import asyncio
import os
import signal
import time
from pathlib import Path
from typing import Final

from aiohttp import ClientSession, ClientTimeout
from aiohttp.client_exceptions import ClientError

from benchmarks import station
from benchmarks.listeners import Listener
from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress
from benchmarks.visitor import Visitor, visitor

FROZEN_SECONDS: Final = 8.0
ASK_EVERY_SECONDS: Final = 0.1
BACK_SECONDS: Final = 30.0
TRACKS: Final = "/api/v1/library/tracks?limit=1"
CHANGE: Final = "/api/v1/auth/me"

GAPS: Final = Bar("database lost under the station: gaps heard on ICY", "gaps", most=0)
BACK: Final = Bar("database killed under the station: until a change is taken again", "s", most=5)
PLAYING: Final = Bar("database lost under the station: slowest now playing", "s", most=0.5)
REFUSED: Final = Bar("database lost under the station: slowest refusal of a change", "s", most=2)
WRONG: Final = Bar("database lost under the station: answers that are neither the answer nor a 503", "answers", most=0)


async def measure() -> list[Row]:
    """One station with its own server; a user who changes his name all the time."""
    with station.scratch() as folder:
        async with station.on_air(folder) as ours:
            user = await visitor(ours, "user")
            listener = Listener(ours.port, "/listen/main/radio.mp3", station.MP3_BYTES_A_SECOND)
            async with listener.listening():
                await listener.heard(10.0)
                asking = _Asking(ours, user)
                async with asyncio.TaskGroup() as group:
                    tasks = [group.create_task(asking.now_playing()), group.create_task(asking.changes())]
                    await asyncio.sleep(2.0)
                    back = await _killed(ours, asking)
                    await _frozen(ours, asking)
                    for task in tasks:
                        task.cancel()
            gaps = listener.player.gaps
    return [
        GAPS.row(gaps, note=listener.ended or "", valid=listener.ended is None),
        BACK.row(back),
        PLAYING.row(asking.slowest_playing, note=f"{asking.playing} answers"),
        REFUSED.row(asking.slowest_refusal, note=f"{asking.refused} refused, {asking.taken} taken", valid=asking.refused > 0),
        WRONG.row(len(asking.wrong), note="; ".join(sorted(set(asking.wrong))[:4])),
    ]


class _Asking:
    """Two kinds of requests, again and again, and what came of them."""

    def __init__(self, ours: station.Station, user: Visitor) -> None:
        self._ours, self._user = ours, user
        self.playing, self.refused, self.taken = 0, 0, 0
        self.slowest_playing, self.slowest_refusal = 0.0, 0.0
        self.taken_at = 0.0
        self.wrong: list[str] = []

    async def now_playing(self) -> None:
        async with ClientSession(timeout=ClientTimeout(total=10)) as session:
            while True:
                began = time.monotonic()
                async with session.get(f"{self._ours.address}/api/nowplaying/main") as answer:
                    await answer.read()
                self.playing += 1
                self.slowest_playing = max(self.slowest_playing, time.monotonic() - began)
                if answer.status != 200:
                    self.wrong.append(f"now playing {answer.status}")
                await asyncio.sleep(ASK_EVERY_SECONDS)

    async def changes(self) -> None:
        async with ClientSession(timeout=ClientTimeout(total=10), headers=self._user.headers) as session:
            number = 0
            while True:
                number += 1
                began = time.monotonic()
                try:
                    async with session.patch(f"{self._ours.address}{CHANGE}", json={"name": f"Name {number}"}) as answer:
                        await answer.read()
                except (ClientError, TimeoutError) as error:
                    self.wrong.append(type(error).__name__)
                    continue
                if answer.status == 503 and "Retry-After" in answer.headers:
                    self.refused += 1
                    self.slowest_refusal = max(self.slowest_refusal, time.monotonic() - began)
                elif answer.status < 300:
                    self.taken += 1
                    self.taken_at = began
                else:
                    self.wrong.append(f"change {answer.status}")
                await asyncio.sleep(ASK_EVERY_SECONDS)

    async def taken_after(self, moment: float) -> float:
        """When a change was first asked for after `moment` and taken. Raises Unmeasured."""
        deadline = time.monotonic() + BACK_SECONDS
        while self.taken_at <= moment:
            if time.monotonic() > deadline:
                raise Unmeasured(f"no change was taken within {BACK_SECONDS:.0f} s")
            await asyncio.sleep(0.02)
        return self.taken_at


async def _killed(ours: station.Station, asking: _Asking) -> float:
    progress("database killed under the station")
    refused = asking.refused
    began = time.monotonic()
    os.kill(_postmaster(ours), signal.SIGKILL)
    deadline = began + BACK_SECONDS
    while asking.refused == refused and time.monotonic() < deadline:  # noqa: ASYNC110 -- the other task counts
        await asyncio.sleep(0.01)
    return await asking.taken_after(time.monotonic()) - began


async def _frozen(ours: station.Station, asking: _Asking) -> None:
    progress(f"database frozen under the station, {FROZEN_SECONDS:.0f} s")
    postmaster = _postmaster(ours)
    group = [postmaster, *_children(postmaster)]
    for pid in group:
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(FROZEN_SECONDS)
    for pid in group:
        os.kill(pid, signal.SIGCONT)
    await asking.taken_after(time.monotonic())


def _postmaster(ours: station.Station) -> int:
    """The first line of PostgreSQL's own pid file. Raises Unmeasured."""
    try:
        return int((ours.state / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
    except (OSError, ValueError, IndexError) as error:
        raise Unmeasured(f"the station's PostgreSQL is not found: {error}") from None


def _children(pid: int) -> list[int]:
    return [int(child) for task in Path(f"/proc/{pid}/task").iterdir() for child in (task / "children").read_text().split()]


MEASUREMENT: Final = Measurement((GAPS, BACK, PLAYING, REFUSED, WRONG), measure, 150.0)
