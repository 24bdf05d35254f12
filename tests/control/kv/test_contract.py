"""What Kv promises, asked of every store: in memory, on a real server, with a memory near, behind the breaker."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from control.kv.kv import Kv, LockTaken
from tests.control.kv.stores import opened, until
from tests.control.valkey import Valkey

pytestmark = pytest.mark.real
RACERS = 100


@pytest.fixture(params=["memory", "redis", "layered", "resilient"])
async def kv(request: pytest.FixtureRequest, server: Valkey) -> AsyncIterator[Kv]:
    async with opened(request.param, server.url) as store:
        yield store


@pytest.fixture(params=["state:", "cache:"])
def key(request: pytest.FixtureRequest) -> str:
    """A key of each kind: copies take another way."""
    return f"{request.param}one"


async def test_what_was_set_is_got(kv: Kv, key: str) -> None:
    assert await kv.get(key) is None
    await kv.set(key, b"first \x00\xff")
    assert await kv.get(key) == b"first \x00\xff"
    await kv.set(key, b"")
    assert await kv.get(key) == b""


async def test_a_life_ends(kv: Kv, key: str) -> None:
    await kv.set(key, b"short", ttl_seconds=0.2)
    await kv.set("long", b"stays", ttl_seconds=60)
    assert await kv.get("long") == b"stays"

    async def gone() -> bool:
        return await kv.add(key, b"again")

    await until(gone, within_seconds=2)
    assert await kv.get("long") == b"stays"


async def test_set_replaces_the_life(kv: Kv) -> None:
    await kv.set("kept", b"1", ttl_seconds=0.1)
    await kv.set("kept", b"2")
    await kv.set("witness", b"", ttl_seconds=0.15)

    async def past() -> bool:
        return await kv.get("witness") is None

    await until(past)
    assert await kv.get("kept") == b"2"


@pytest.mark.parametrize("life", [0, -1])
async def test_a_life_of_nothing_is_a_mistake(kv: Kv, life: float) -> None:
    with pytest.raises(ValueError, match="life"):
        await kv.set("key", b"", ttl_seconds=life)


async def test_many_at_once(kv: Kv) -> None:
    await kv.set_many({"a": b"1", "cache:b": b"2", "c": b"3"}, ttl_seconds=60)
    assert await kv.get_many(["c", "absent", "cache:b", "a"]) == [b"3", None, b"2", b"1"]
    assert await kv.get_many(["cache:b", "a"]) == [b"2", b"1"]
    assert await kv.get_many([]) == []


async def test_add_only_what_is_absent(kv: Kv, key: str) -> None:
    assert await kv.add(key, b"first")
    assert not await kv.add(key, b"second")
    assert await kv.get(key) == b"first"


async def test_what_is_taken_is_gone(kv: Kv, key: str) -> None:
    await kv.set(key, b"ticket")
    await kv.get(key)
    assert await kv.take(key) == b"ticket"
    assert await kv.take(key) is None
    assert await kv.get(key) is None


async def test_delete_counts_what_there_was(kv: Kv, key: str) -> None:
    await kv.set_many({key: b"", "other": b""})
    await kv.get(key)
    assert await kv.delete(key, "other", "absent") == 2
    assert await kv.get(key) is None
    assert await kv.delete() == 0


async def test_delete_if_it_is_still_mine(kv: Kv, key: str) -> None:
    await kv.set(key, b"theirs")
    await kv.get(key)
    assert not await kv.delete_if(key, b"mine")
    assert await kv.delete_if(key, b"theirs")
    assert await kv.get(key) is None
    assert not await kv.delete_if(key, b"theirs")


async def test_delete_matching(kv: Kv) -> None:
    await kv.set_many({f"cache:tracks:{number}": b"x" for number in range(1_200)} | {"cache:users:1": b"u", "tracks:1": b"t"})
    await kv.get("cache:tracks:7")
    assert await kv.delete_matching("cache:tracks:*") == 1_200
    assert await kv.get("cache:tracks:7") is None
    assert await kv.get_many(["cache:users:1", "tracks:1"]) == [b"u", b"t"]


@pytest.mark.parametrize("name", ["a[bc]d", "what?", "a^b", "a-z", "back\\slash", "dot.", "plus+"])
async def test_only_the_star_is_special(kv: Kv, name: str) -> None:
    await kv.set_many({f"{name}:1": b"", "ab:1": b"", "dotx:1": b"", "whatx:1": b""})
    assert await kv.delete_matching(f"{name}:*") == 1
    assert await kv.get_many(["ab:1", "dotx:1", "whatx:1"]) == [b"", b"", b""]


async def test_counts(kv: Kv, key: str) -> None:
    assert await kv.increment(key) == 1
    assert await kv.increment(key, 5) == 6
    assert await kv.get(key) == b"6"
    assert await kv.increment(key, -7) == -1
    assert await kv.get(key) == b"-1"
    assert await kv.delete(key) == 1
    assert await kv.increment(key) == 1


async def test_a_window_never_grows(kv: Kv) -> None:
    """The life is that of the first, however often it is counted."""
    await kv.increment("window", ttl_seconds=0.3)

    async def over() -> bool:
        return await kv.increment("window", ttl_seconds=60) == 1

    await until(over, within_seconds=3)


async def test_what_is_no_count_is_a_mistake(kv: Kv) -> None:
    await kv.set("word", b"seven")
    with pytest.raises(ValueError, match=r"integer|int\(\)"):
        await kv.increment("word")
    assert await kv.get("word") == b"seven"


async def test_tokens(kv: Kv) -> None:
    grants = [await kv.tokens("bucket", rate_per_second=0.1, burst=5) for _ in range(5)]
    assert grants == [0.0] * 5
    wait = await kv.tokens("bucket", rate_per_second=0.1, burst=5)
    assert 9 < wait <= 10
    assert 9 < await kv.tokens("bucket", 0.1, 5) <= wait, "a refusal costs nothing"
    assert 29 < await kv.tokens("bucket", 0.1, 5, cost=3) <= 30
    assert await kv.tokens("another", 0.1, 5, cost=5) == 0.0


async def test_tokens_come_back(kv: Kv) -> None:
    assert await kv.tokens("bucket", rate_per_second=5, burst=1) == 0.0
    wait = await kv.tokens("bucket", rate_per_second=5, burst=1)
    assert 0 < wait <= 0.2

    async def granted() -> bool:
        return await kv.tokens("bucket", rate_per_second=5, burst=1) == 0.0

    await until(granted, within_seconds=2)


@pytest.mark.parametrize(("rate", "burst", "cost"), [(0, 1, 1), (-1, 1, 1), (1, 1, 2), (1, 0, 1), (1, 1, 0)])
async def test_tokens_that_would_never_come(kv: Kv, rate: float, burst: int, cost: int) -> None:
    with pytest.raises(ValueError, match="never"):
        await kv.tokens("bucket", rate, burst, cost)


async def test_published_is_heard_by_all(kv: Kv) -> None:
    async with kv.subscribe("news") as first, kv.subscribe("news") as second, kv.subscribe("weather") as other:
        await kv.publish("news", b"one")
        await kv.publish("news", b"two \x00\xff")
        await kv.publish("weather", b"rain")
        async with asyncio.timeout(5):
            assert [await anext(first), await anext(first)] == [b"one", b"two \x00\xff"]
            assert await anext(second) == b"one"
            assert await anext(other) == b"rain"


async def test_a_lock_is_for_one(kv: Kv) -> None:
    async with kv.lock("desk"), kv.lock("other desk"):
        with pytest.raises(LockTaken):
            async with kv.lock("desk", wait_seconds=0.1):
                pytest.fail("two inside")
    async with kv.lock("desk", wait_seconds=1):
        pass


async def test_a_lock_outlives_nobody(kv: Kv) -> None:
    """Who held it too long loses it, and does not free the next one's."""
    async with kv.lock("desk", hold_seconds=0.1), kv.lock("desk", wait_seconds=2):
        assert not await kv.add("lock:desk", b"third")


async def test_a_lock_is_freed_by_an_error(kv: Kv) -> None:
    with pytest.raises(ZeroDivisionError):
        async with kv.lock("desk"):
            raise ZeroDivisionError
    async with kv.lock("desk", wait_seconds=1):
        pass


class TestRaces:
    """A hundred at the same time: one effect."""

    async def test_add(self, kv: Kv) -> None:
        told = await asyncio.gather(*(kv.add("once", b"%d" % number) for number in range(RACERS)))
        assert sum(told) == 1
        assert await kv.get("once") == b"%d" % told.index(True)

    async def test_take(self, kv: Kv) -> None:
        await kv.set("ticket", b"in")
        told = await asyncio.gather(*(kv.take("ticket") for _ in range(RACERS)))
        assert sorted(told, key=bool) == [None] * (RACERS - 1) + [b"in"]

    async def test_increment(self, kv: Kv) -> None:
        told = await asyncio.gather(*(kv.increment("count", ttl_seconds=60) for _ in range(RACERS)))
        assert sorted(told) == list(range(1, RACERS + 1))

    async def test_tokens(self, kv: Kv) -> None:
        told = await asyncio.gather(*(kv.tokens("bucket", rate_per_second=0.001, burst=1) for _ in range(RACERS)))
        assert told.count(0.0) == 1

    async def test_delete_if(self, kv: Kv) -> None:
        await kv.set("mine", b"me")
        assert sum(await asyncio.gather(*(kv.delete_if("mine", b"me") for _ in range(RACERS)))) == 1

    async def test_lock(self, kv: Kv) -> None:
        entered = refused = 0
        all_others = asyncio.Event()

        async def enter() -> None:
            nonlocal entered, refused
            try:
                async with kv.lock("desk", wait_seconds=0):
                    entered += 1
                    await all_others.wait()
            except LockTaken:
                refused += 1
                if refused == RACERS - 1:
                    all_others.set()

        async with asyncio.timeout(8):
            await asyncio.gather(*(enter() for _ in range(RACERS)))
        assert (entered, refused) == (1, RACERS - 1)
