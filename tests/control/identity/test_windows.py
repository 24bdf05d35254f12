"""Counting in windows: never more than the limit in any stretch, and the same in memory as in the Kv."""

import asyncio
from collections.abc import Callable
from random import Random
from time import perf_counter

import pytest
from limits.aio.storage import SlidingWindowCounterSupport

from control.identity.windows import KvWindows, LocalWindows, wait_seconds, weighted
from control.kv.memory import MemoryKv
from tests.control.identity.house import Watch

LIMIT, EXPIRY = 10, 60
Made = Callable[[Watch], SlidingWindowCounterSupport]


@pytest.fixture(params=["local", "kv"])
def made(request: pytest.FixtureRequest) -> Made:
    if request.param == "local":
        return lambda watch: LocalWindows(watch.wall)
    return lambda watch: KvWindows(MemoryKv(watch.wall), watch.wall)


async def hit(windows: SlidingWindowCounterSupport, key: str = "a") -> bool:
    return await windows.acquire_sliding_window_entry(key, LIMIT, EXPIRY)


async def test_lets_the_limit_through_and_no_more(made: Made) -> None:
    windows = made(Watch())
    assert [await hit(windows) for _ in range(15)] == [True] * 10 + [False] * 5
    assert await hit(windows, "b"), "another client has his own count"


async def test_what_is_refused_costs_nothing(made: Made) -> None:
    watch = Watch(now=1_800_000_000.0)
    windows = made(watch)
    for _ in range(500):
        await hit(windows)
    watch.now += 2 * EXPIRY
    assert await hit(windows)


async def test_no_stretch_of_the_window_lets_twice_as_many_through(made: Made) -> None:
    watch, random = Watch(), Random(1)
    windows = made(watch)
    granted: list[float] = []
    for _ in range(2_000):
        watch.now += random.expovariate(1.0)
        if await hit(windows):
            granted.append(watch.now)
    busiest = max(sum(start <= at < start + EXPIRY for at in granted) for start in granted)
    assert busiest <= LIMIT + 1, "the window before is weighed as if its requests had come evenly"
    assert len(granted) >= 0.85 * LIMIT * (granted[-1] - granted[0]) / EXPIRY


async def test_of_a_hundred_at_once_the_limit_is_let_through(made: Made) -> None:
    windows = made(Watch())
    assert sum(await asyncio.gather(*(hit(windows) for _ in range(100)))) == LIMIT


async def test_wait_is_exactly_as_long_as_it_says(made: Made) -> None:
    watch, random = Watch(), Random(2)
    windows = made(watch)
    for _ in range(300):
        watch.now += random.expovariate(0.5)
        if not await hit(windows):
            before, _, count, _ = await windows.get_sliding_window("a", EXPIRY)
            wait = wait_seconds(before, count, LIMIT, EXPIRY, watch.now)
            assert wait > 0
            watch.now += wait - 0.01
            assert not await hit(windows)
            watch.now += 0.011
            assert await hit(windows)


async def test_can_be_cleared(made: Made) -> None:
    windows = made(Watch())
    for _ in range(LIMIT):
        await hit(windows)
    await windows.clear_sliding_window("a", EXPIRY)
    assert await hit(windows)


async def test_a_flood_of_addresses_is_bounded_and_each_costs_the_same() -> None:
    windows = LocalWindows(Watch().wall, most=10_000)
    took: list[float] = []
    for thousand in range(40):
        start = perf_counter()
        for n in range(1_000):
            await hit(windows, f"{thousand}.{n}")
        took.append(perf_counter() - start)
    assert len(windows) == 10_000
    assert sorted(took[-10:])[5] < 10 * sorted(took[:10])[5]


def test_weight_of_the_window_before_wears_off() -> None:
    assert weighted(10, 0, EXPIRY, now=0) == 10
    assert weighted(10, 3, EXPIRY, now=30) == 8
    assert weighted(10, 3, EXPIRY, now=59.9) == pytest.approx(3, abs=0.02)
