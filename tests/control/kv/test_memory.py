"""The store in this process: bounds, lives on a clock of the test's, and who pushes out whom."""

from hypothesis import given
from hypothesis import strategies as st

from control.kv import bucket
from control.kv.memory import MemoryKv


class Time:
    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


async def test_lives_end_to_the_point() -> None:
    now = Time()
    kv = MemoryKv(now)
    await kv.set("key", b"1", ttl_seconds=10)
    now.seconds += 9.999
    assert await kv.get("key") == b"1"
    assert not await kv.add("key", b"2")
    now.seconds += 0.001
    assert await kv.get("key") is None
    assert await kv.delete("key") == 0
    await kv.set("key", b"1", ttl_seconds=10)
    now.seconds += 10
    assert await kv.add("key", b"2")
    assert kv.life_left("key") is None


async def test_a_window_begins_with_its_first() -> None:
    now = Time()
    kv = MemoryKv(now)
    assert await kv.increment("n", ttl_seconds=60) == 1
    now.seconds += 59
    assert await kv.increment("n", ttl_seconds=60) == 2
    assert kv.life_left("n") == 1
    now.seconds += 1
    assert await kv.increment("n", ttl_seconds=60) == 1


async def test_memory_is_bounded_by_entries_and_bytes() -> None:
    kv = MemoryKv(Time(), most_entries=100, most_bytes=100_000)
    for number in range(1_000):
        await kv.set(f"state{number}", b"x")
    assert await kv.delete_matching("state*") == 100
    for number in range(1_000):
        await kv.set(f"state{number}", b"x" * 10_000)
    assert await kv.get("state999") is not None
    assert 1 <= await kv.delete_matching("*") <= 10


async def test_a_flood_of_strangers_pushes_out_no_state() -> None:
    """Counts, copies and state have shelves of their own."""
    kv = MemoryKv(Time(), most_entries=100)
    await kv.set("revoked:1", b"yes", ttl_seconds=900)
    for number in range(1_000):
        await kv.tokens(f"address:{number}", 1, 5)
        await kv.increment(f"tries:{number}", ttl_seconds=60)
        await kv.set(f"cache:{number}", b"x")
    assert await kv.get("revoked:1") == b"yes"


async def test_what_is_dead_goes_before_the_living() -> None:
    now = Time()
    kv = MemoryKv(now, most_entries=100)
    for number in range(50):
        await kv.set(f"short{number}", b"", ttl_seconds=1)
    for number in range(50):
        await kv.set(f"long{number}", b"")
    now.seconds += 1
    for number in range(50):
        await kv.set(f"new{number}", b"")
    assert await kv.delete_matching("long*") == 50
    assert await kv.delete_matching("new*") == 50


async def test_copies_can_be_made_to_die_early() -> None:
    now = Time()
    kv = MemoryKv(now, copy_seconds=5)
    await kv.set("cache:a", b"")
    await kv.set("cache:b", b"", ttl_seconds=2)
    await kv.set("state", b"", ttl_seconds=60)
    assert (kv.life_left("cache:a"), kv.life_left("cache:b"), kv.life_left("state")) == (5, 2, 60)


async def test_tokens_on_a_clock() -> None:
    now = Time()
    kv = MemoryKv(now)
    assert [await kv.tokens("b", 10, 2) for _ in range(3)] == [0, 0, 0.1]
    now.seconds += 0.1
    assert await kv.tokens("b", 10, 2) == 0
    assert await kv.tokens("b", 10, 2) > 0
    now.seconds += 100
    assert [await kv.tokens("b", 10, 2) > 0 for _ in range(3)] == [False, False, True]


@given(
    st.floats(0.01, 1e4),
    st.integers(1, 100),
    st.lists(st.tuples(st.floats(0, 10), st.integers(1, 100)), max_size=60),
)
def test_no_more_is_granted_than_flowed_in(rate: float, burst: int, wishes: list[tuple[float, int]]) -> None:
    """Over any stretch of time: burst + rate * time; and who waits as long as he was told is granted."""
    now = start = 1_000_000_000
    full = granted = 0
    for pause, cost in wishes:
        now += bucket.microseconds(pause)
        wish = bucket.draw(rate, burst, min(cost, burst))
        after = bucket.full_at(now, full, wish)
        wait = bucket.wait(now, after, wish)
        assert bucket.wait(now + wait, bucket.full_at(now + wait, full, wish), wish) == 0
        if wait == 0:
            full, granted = after, granted + min(cost, burst)
        assert granted <= burst + rate * (now - start) / bucket.MICRO + 1e-4 * rate + 1e-6 * granted


async def test_a_slow_reader_loses_the_oldest() -> None:
    kv = MemoryKv()
    async with kv.subscribe("news") as news:
        for number in range(1_500):
            await kv.publish("news", b"%d" % number)
        assert await anext(news) == b"500"
