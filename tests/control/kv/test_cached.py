"""Remembered answers: made once, for all who ask, and thrown away when they become old."""

import asyncio
import datetime as dt
from dataclasses import dataclass

import pytest

from control.kv.cached import cached, invalidate
from control.kv.memory import MemoryKv
from tests.control.kv.stores import until


@dataclass(frozen=True)
class Track:
    title: str
    aired: dt.datetime | None = None


class Desk:
    """Something dear to ask. It can be held up, and it can fail."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.title = "first"
        self.go = asyncio.Event()
        self.go.set()
        self.failure: Exception | None = None

    async def track(self, station: str, page: int = 1) -> Track:
        self.asked.append(f"{station}/{page}")
        title = self.title
        await self.go.wait()
        if self.failure:
            raise self.failure
        return Track(title, dt.datetime(2026, 1, 1, tzinfo=dt.UTC))

    async def asked_of(self, count: int) -> None:
        async def enough() -> bool:
            return len(self.asked) >= count

        await until(enough)


@pytest.fixture
def kv() -> MemoryKv:
    return MemoryKv()


@pytest.fixture
def desk() -> Desk:
    return Desk()


async def test_the_second_time_is_remembered(kv: MemoryKv, desk: Desk) -> None:
    read = cached(kv, key="track:{station}:{page}", ttl_seconds=60)(desk.track)
    assert await read("main") == await read(station="main", page=1) == Track("first", dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert await read("main", 2) == await read("main", page=2)
    assert desk.asked == ["main/1", "main/2"]
    family = kv.statistics.families["track"]
    assert (family.hits, family.misses, family.ratio) == (2, 2, 0.5)


async def test_a_copy_ends(desk: Desk) -> None:
    now = 0.0
    kv = MemoryKv(lambda: now)
    read = cached(kv, key="track:{station}", ttl_seconds=2)(desk.track)
    await read("main")
    now = 1.9
    await read("main")
    now = 2.0
    await read("main")
    assert len(desk.asked) == 2


async def test_a_hundred_at_once_ask_once(kv: MemoryKv, desk: Desk) -> None:
    read = cached(kv, key="track:{station}", ttl_seconds=60)(desk.track)
    desk.go.clear()
    readers = [asyncio.create_task(read("main")) for _ in range(100)]
    await desk.asked_of(1)
    desk.go.set()
    assert {track.title for track in await asyncio.gather(*readers)} == {"first"}
    assert desk.asked == ["main/1"]
    assert kv.statistics.families["track"].misses == 1


async def test_an_error_is_told_to_all_and_not_kept(kv: MemoryKv, desk: Desk) -> None:
    read = cached(kv, key="track:{station}", ttl_seconds=60)(desk.track)
    desk.failure = ZeroDivisionError()
    desk.go.clear()
    readers = [asyncio.create_task(read("main")) for _ in range(10)]
    await desk.asked_of(1)
    desk.go.set()
    told = await asyncio.gather(*readers, return_exceptions=True)
    assert [type(one) for one in told] == [ZeroDivisionError] * 10
    assert len(desk.asked) == 1
    desk.failure = None
    assert (await read("main")).title == "first"
    await read("main")
    assert len(desk.asked) == 2, "nothing of the failed one is in the way"


async def test_the_first_goes_away_and_another_takes_over(kv: MemoryKv, desk: Desk) -> None:
    read = cached(kv, key="track:{station}", ttl_seconds=60)(desk.track)
    desk.go.clear()
    first, second = asyncio.create_task(read("main")), asyncio.create_task(read("main"))
    await desk.asked_of(1)
    first.cancel()
    await desk.asked_of(2)
    desk.go.set()
    assert (await second).title == "first"
    await read("main")
    assert len(desk.asked) == 2


async def test_what_became_old_while_it_was_made_is_not_kept(kv: MemoryKv, desk: Desk) -> None:
    read = cached(kv, key="track:{station}", ttl_seconds=60)(desk.track)
    desk.go.clear()
    early = asyncio.create_task(read("main"))
    await desk.asked_of(1)
    desk.title = "second"
    await invalidate(kv, "track:main")
    late = asyncio.create_task(read("main"))
    await asyncio.sleep(0)
    desk.go.set()
    assert (await early).title == "first"
    assert (await late).title == "second", "who asks after the change is told of it"
    assert (await read("main")).title == "second"


async def test_of_two_processes_one_keeps_its_answer(kv: MemoryKv, desk: Desk) -> None:
    here = cached(kv, key="track:{station}", ttl_seconds=60)(desk.track)
    there = cached(kv, key="track:{station}", ttl_seconds=60)(desk.track)
    desk.go.clear()
    readers = [asyncio.create_task(here("main")), asyncio.create_task(there("main"))]
    await desk.asked_of(2)
    desk.go.set()
    await asyncio.gather(*readers)
    await here("main")
    await there("main")
    assert len(desk.asked) == 2


@pytest.mark.parametrize(("pattern", "left"), [("track:main:1", 3), ("track:main:*", 2), ("track:*", 0), ("other:*", 4)])
async def test_invalidate(kv: MemoryKv, desk: Desk, pattern: str, left: int) -> None:
    read = cached(kv, key="track:{station}:{page}", ttl_seconds=60)(desk.track)
    calls = [("main", 1), ("main", 2), ("second", 1), ("second", 2)]
    for call in calls:
        await read(*call)
    await invalidate(kv, pattern)
    for call in calls:
        await read(*call)
    assert len(desk.asked) == 4 + 4 - left


async def test_text_in_keys_is_no_trap(kv: MemoryKv) -> None:
    async def search(words: str, kind: str) -> str:
        return f"{words}|{kind}"

    read = cached(kv, key="search:{words}:{kind}", ttl_seconds=60)(search)
    pairs = [("a:b", "c"), ("a", "b:c"), ("a*", "b"), ("a%3Ab", "c"), ("{words}", "ü\n\x00"), ("", "")]
    assert [await read(*pair) for _ in range(2) for pair in pairs] == [f"{words}|{kind}" for words, kind in pairs] * 2
    assert kv.statistics.families["search"].misses == len(pairs)


async def test_nothing_can_be_remembered_too(kv: MemoryKv) -> None:
    asked = 0

    async def find() -> Track | None:
        nonlocal asked
        asked += 1
        return None

    read = cached(kv, key="nothing", ttl_seconds=60)(find)
    assert [await read(), await read()] == [None, None]
    assert asked == 1


@pytest.mark.parametrize("left", [b"\xc1", b"", b"\x81\xa5other\x01"])
async def test_what_another_version_wrote_is_made_anew(kv: MemoryKv, desk: Desk, left: bytes) -> None:
    await kv.set("cache:track:main", left)
    read = cached(kv, key="track:{station}", ttl_seconds=60)(desk.track)
    assert (await read("main")).title == (await read("main")).title == "first"
    assert len(desk.asked) == 1


async def test_families_are_bounded(kv: MemoryKv) -> None:
    for number in range(300):
        kv.statistics.miss(f"family{number}")
    assert len(kv.statistics.families) == 201
    assert kv.statistics.families["others"].misses == 100
    assert kv.statistics.total.misses == 300
