"""The shared store of keys lost under load: what callers wait, whether limits hold, and when it is used again. Real Valkey servers.

The load is open: a read, a write or a draw of tokens every five milliseconds, whether or not the one before has been answered.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from random import Random
from typing import TYPE_CHECKING, Final

from benchmarks.measurement import Measurement
from benchmarks.row import Bar, Row
from benchmarks.unmeasured import Unmeasured, progress
from control.kv.cached import cached, invalidate
from control.kv.kv import Kv
from control.kv.opening import KvLink, open_kv

if TYPE_CHECKING:
    from tests.control.valkey import Valkey

EVERY_SECONDS: Final = 0.005
CALM_SECONDS: Final = 2.0
AWAY_SECONDS: Final = 4.0
BACK_SECONDS: Final = 20.0
"""How long a return is waited for; the bar is shorter."""
BURST: Final = 20
RATE_PER_SECOND: Final = 2.0

FRONTS: Final = 2
STATIONS: Final = 4
READS: Final = 4_000
READS_A_SECOND: Final = 500
READS_A_CHANGE: Final = 500
"""A new title a second: far more often than on any radio."""
COPY_SECONDS: Final = 2.0
READS_A_PAUSE: Final = 10

KILLED: Final = Bar("Redis killed: added latency, p99", "ms", most=250)
KILLED_BACK: Final = Bar("Redis killed: writes reach it after its return", "s", most=5)
SILENT: Final = Bar("Redis black-holed: added latency, p99", "ms", most=250)
SILENT_OPEN: Final = Bar("Redis black-holed: until nobody waits for it", "s", most=1)
SILENT_BACK: Final = Bar("Redis black-holed: writes reach it after its return", "s", most=5)
OVER_LIMIT: Final = Bar("Redis away: grants beyond a limit", "grants", most=0)
FAILOVER: Final = Bar("Redis Sentinel failover: writes back", "s", most=5)
HITS: Final = Bar("cached now playing: hits of all reads", "", least=0.8)


class Load:
    """Calls at a steady pace; what each took, and what the limit let through."""

    def __init__(self, kv: Kv) -> None:
        self._kv = kv
        self._clock = asyncio.get_running_loop().time
        self.took: list[tuple[float, float]] = []
        """(when it was asked, seconds that it took)"""
        self.granted: list[float] = []
        """When the limit let one through."""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as calls:
            pacing = calls.create_task(self._pace(calls))
            try:
                yield
            finally:
                pacing.cancel()

    def p99(self, begin: float, end: float) -> float:
        """Seconds, of the calls that were made in that time."""
        took = sorted(seconds for asked, seconds in self.took if begin <= asked < end)
        return took[int(0.99 * len(took))] if took else float("inf")

    def slow_until(self, begin: float, end: float) -> float:
        """Seconds after `begin` at which the last call that had to wait was answered."""
        return max((asked + seconds - begin for asked, seconds in self.took if begin <= asked < end and seconds > 0.1), default=0.0)

    def over_limit(self, begin: float, end: float) -> float:
        """Grants beyond what one bucket, full at `begin`, gives by `end`."""
        return max(0.0, sum(begin <= at < end for at in self.granted) - BURST - RATE_PER_SECOND * (end - begin) - 1)

    async def _pace(self, calls: asyncio.TaskGroup) -> None:
        kinds = (self._kv.get, self._set, self._draw)
        number = 0
        while True:
            calls.create_task(self._timed(kinds[number % 3]))
            number += 1
            await asyncio.sleep(EVERY_SECONDS)

    async def _timed(self, call: Callable[[str], Awaitable[object]]) -> None:
        asked = self._clock()
        await call("bench")
        self.took.append((asked, self._clock() - asked))

    async def _set(self, key: str) -> None:
        await self._kv.set(key, b"x" * 200, ttl_seconds=60)

    async def _draw(self, key: str) -> None:
        if await self._kv.tokens(f"limit:{key}", RATE_PER_SECOND, BURST) == 0.0:
            self.granted.append(self._clock())


async def measure_loss() -> list[Row]:
    """Killed and black-holed in turn, each under load on a server of its own."""
    try:
        from tests.control.valkey import valkey
    except ImportError as error:
        raise Unmeasured(f"the servers are started by tests/control/valkey.py: {error}; pip install --editable '.[test]'") from error
    with valkey() as server:
        progress("Redis killed")
        killed = await _lost(server, server.kill, lambda: asyncio.to_thread(server.start))
    with valkey() as server:
        progress("Redis black-holed")
        silent = await _lost(server, server.freeze, lambda: asyncio.to_thread(server.thaw))
    note = f"{1 / EVERY_SECONDS:g} calls a second; p99 before: {{0:.1f}} ms, slowest after: {{1:.0f}} ms"
    return [
        KILLED.row(1_000 * killed.added, note=note.format(1_000 * killed.before, 1_000 * killed.slowest)),
        KILLED_BACK.row(killed.back),
        SILENT.row(1_000 * silent.added, note=note.format(1_000 * silent.before, 1_000 * silent.slowest)),
        SILENT_OPEN.row(silent.opened),
        SILENT_BACK.row(silent.back),
        OVER_LIMIT.row(
            killed.over_limit + silent.over_limit, note=f"a limit of {BURST} and {RATE_PER_SECOND:g} a second, in each of the two"
        ),
    ]


class Loss:
    """What one loss of the server came to, in seconds."""

    def __init__(self, load: Load, lost: float, returned: float, back: float) -> None:
        self.before = load.p99(lost - CALM_SECONDS, lost)
        self.added = max(0.0, load.p99(lost, returned) - self.before)
        self.slowest = max(seconds for asked, seconds in load.took if asked >= lost)
        self.opened = load.slow_until(lost, returned)
        self.over_limit = load.over_limit(lost, returned)
        self.back = back


async def _lost(server: "Valkey", lose: Callable[[], None], bring_back: Callable[[], Awaitable[None]]) -> Loss:
    clock = asyncio.get_running_loop().time
    kv = await open_kv(KvLink(url=server.url))
    load = Load(kv)
    async with load.running():
        await asyncio.sleep(CALM_SECONDS + 1)
        lost = clock()
        lose()
        await asyncio.sleep(AWAY_SECONDS)
        began = clock()
        await bring_back()
        back = await _seconds_until_written(kv, server)
    await kv.close()
    return Loss(load, lost, began, back)


async def _seconds_until_written(kv: Kv, server: "Valkey") -> float:
    """Until the server itself has what was written through the store; infinite if that never comes."""
    clock = asyncio.get_running_loop().time
    began = clock()
    number = 0
    while clock() - began < BACK_SECONDS:
        number += 1
        await kv.set("written", b"%d" % number)
        if not kv.away and b"%d" % number in await asyncio.to_thread(server.say, "GET", "sonicforge:written"):
            return clock() - began
        await asyncio.sleep(0.02)
    return float("inf")


async def measure_failover() -> list[Row]:
    """The master of a Sentinel trio killed: until a write is on the one that took its place."""
    try:
        from tests.control.valkey import DOWN_AFTER_MILLISECONDS, SERVICE, sentinel_trio
    except ImportError as error:
        raise Unmeasured(f"the servers are started by tests/control/valkey.py: {error}; pip install --editable '.[test]'") from error
    with sentinel_trio() as trio:
        progress("Redis Sentinel: the master killed")
        kv = await open_kv(KvLink(mode="sentinel", sentinels=trio.addresses, service=SERVICE))
        await kv.set("before", b"1")
        trio.master.kill()
        seconds = await _seconds_until_written(kv, trio.replica)
        await kv.close()
    return [FAILOVER.row(seconds, note=f"the Sentinels take a master for dead after {DOWN_AFTER_MILLISECONDS / 1_000:g} s")]


async def measure_hits() -> list[Row]:
    """Two fronts read what plays on four stations while titles change far more often than they do."""
    try:
        from tests.control.valkey import valkey
    except ImportError as error:
        raise Unmeasured(f"the servers are started by tests/control/valkey.py: {error}; pip install --editable '.[test]'") from error
    progress("cached now playing")
    titles, random, wrong = [0] * STATIONS, Random(1), 0

    async def now_playing(station: int) -> int:
        return titles[station]

    with valkey() as server:
        stores = [await open_kv(KvLink(url=server.url)) for _ in range(FRONTS)]
        reads = [cached(kv, key="nowplaying:{station}", ttl_seconds=COPY_SECONDS)(now_playing) for kv in stores]
        for number in range(READS):
            station, front = random.randrange(STATIONS), random.randrange(FRONTS)
            if number % READS_A_CHANGE == 0:
                titles[station] += 1
                await invalidate(stores[front], f"nowplaying:{station}")
            wrong += await reads[front](station) != titles[station]
            if number % READS_A_PAUSE == 0:
                await asyncio.sleep(READS_A_PAUSE / READS_A_SECOND)
        totals = [kv.statistics.total for kv in stores]
        for kv in stores:
            await kv.close()
    hits, misses = sum(total.hits for total in totals), sum(total.misses for total in totals)
    note = (
        f"{hits + misses} reads by {FRONTS} fronts, about {READS_A_SECOND} a second of {STATIONS} stations, copies live "
        f"{COPY_SECONDS:g} s, a change every {READS_A_CHANGE} reads; {wrong} reads were told the title before"
    )
    return [HITS.row(hits / (hits + misses), note=note)]


LOSS: Final = Measurement((KILLED, KILLED_BACK, SILENT, SILENT_OPEN, SILENT_BACK, OVER_LIMIT), measure_loss, 90.0)
SENTINEL: Final = Measurement((FAILOVER,), measure_failover, 60.0)
CACHE: Final = Measurement((HITS,), measure_hits, 60.0)
MEASUREMENTS: Final = (LOSS, SENTINEL, CACHE)
