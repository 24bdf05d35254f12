"""The memory near the reader: what it saves, and that it never tells old news."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from control.kv.kv import KvAway
from control.kv.layered import LayeredKv
from control.kv.memory import MemoryKv
from tests.control.kv.stores import own_prefix, redis_kv, until
from tests.control.valkey import Valkey, valkey


class CountedKv(MemoryKv):
    """Counts reads, and can hold one back."""

    def __init__(self) -> None:
        super().__init__()
        self.reads = 0
        self.go = asyncio.Event()
        self.go.set()

    async def get(self, key: str) -> bytes | None:
        self.reads += 1
        value = await super().get(key)
        await self.go.wait()
        return value

    async def get_many(self, keys: "list[str]") -> list[bytes | None]:  # type: ignore[override]
        self.reads += 1
        return await super().get_many(keys)


@asynccontextmanager
async def layered(far: MemoryKv, **settings: float) -> AsyncIterator[LayeredKv]:
    kv = LayeredKv(far, **settings)  # type: ignore[arg-type]
    try:
        await kv.hearing()
        yield kv
    finally:
        await kv.close()


async def test_a_copy_is_read_once() -> None:
    far = CountedKv()
    async with layered(far) as kv:
        await kv.set("cache:a", b"1")
        assert [await kv.get("cache:a") for _ in range(10)] == [b"1"] * 10
        assert await kv.get_many(["cache:a"]) == [b"1"]
        assert far.reads == 1
        assert (kv.near.hits, kv.near.misses) == (10, 1)


async def test_state_is_read_where_it_is_true() -> None:
    far = CountedKv()
    async with layered(far) as kv:
        await kv.set("revoked:1", b"1")
        await kv.get("revoked:1")
        await far.delete("revoked:1")
        assert await kv.get("revoked:1") is None


async def test_a_copy_is_near_for_a_moment_only() -> None:
    now = 0.0
    far = CountedKv()
    kv = LayeredKv(far, near_seconds=5, now=lambda: now)
    await kv.hearing()
    await far.set("cache:a", b"1")
    assert await kv.get("cache:a") == b"1"
    await far.set("cache:a", b"2")
    now = 4.9
    assert await kv.get("cache:a") == b"1"
    now = 5.0
    assert await kv.get("cache:a") == b"2"
    await kv.close()


async def test_the_least_used_go_first() -> None:
    far = CountedKv()
    async with layered(far, entries=1_000) as kv:
        for number in range(1_001):
            await far.set(f"cache:{number}", b"1")
            await kv.get(f"cache:{number}")
            await kv.get("cache:0")
        before = far.reads
        await kv.get("cache:0")
        assert far.reads == before
        await kv.get("cache:1")
        assert far.reads == before + 1


@pytest.mark.parametrize("change", ["set", "set_many", "delete", "take", "increment", "delete_matching", "delete_if"])
async def test_another_process_changes_it(change: str) -> None:
    far = CountedKv()
    async with layered(far) as here, layered(far) as there:
        await far.set("cache:n", b"1")
        assert await here.get("cache:n") == b"1"
        await {
            "set": lambda: there.set("cache:n", b"2"),
            "set_many": lambda: there.set_many({"cache:n": b"2"}),
            "delete": lambda: there.delete("cache:n"),
            "take": lambda: there.take("cache:n"),
            "increment": lambda: there.increment("cache:n"),
            "delete_matching": lambda: there.delete_matching("cache:*"),
            "delete_if": lambda: there.delete_if("cache:n", b"1"),
        }[change]()
        now = await far.get("cache:n")

        async def known() -> bool:
            return await here.get("cache:n") == now

        await until(known, 1)
        assert now != b"1"


async def test_a_read_under_way_is_not_kept_when_it_became_old() -> None:
    far = CountedKv()
    async with layered(far) as here, layered(far) as there:
        await far.set("cache:n", b"1")
        far.go.clear()
        reading = asyncio.create_task(here.get("cache:n"))

        async def asked() -> bool:
            return far.reads > 0

        await until(asked)
        await there.set("cache:n", b"2")
        await asyncio.sleep(0)
        await here.delete("cache:other")
        far.go.set()
        assert await reading == b"1"
        assert await here.get("cache:n") == b"2"


class DeafKv(CountedKv):
    """Its channels fall silent when they are cut, and cannot be had again; reads go on."""

    def __init__(self) -> None:
        super().__init__()
        self.cut = asyncio.Event()

    @asynccontextmanager
    async def subscribe(self, channel: str) -> AsyncIterator[AsyncIterator[bytes]]:  # noqa: ARG002
        if self.cut.is_set():
            raise KvAway
        yield self._until_cut()

    async def _until_cut(self) -> AsyncIterator[bytes]:
        await self.cut.wait()
        yield b"\xc1"
        raise KvAway


async def test_nothing_is_kept_while_the_channel_is_lost() -> None:
    far = DeafKv()
    async with layered(far) as kv:
        await far.set("cache:n", b"1")
        await kv.get("cache:n")
        far.cut.set()

        async def lost() -> bool:
            before = far.reads
            await kv.get("cache:n")
            await kv.get("cache:n")
            return far.reads == before + 2

        await until(lost, 1)
        await far.set("cache:n", b"2")
        assert await kv.get("cache:n") == b"2"


async def test_noise_on_the_channel_makes_it_forget() -> None:
    far = CountedKv()
    async with layered(far) as kv:
        await far.set("cache:n", b"1")
        await kv.get("cache:n")
        await far.set("cache:n", b"2")
        await far.publish("invalidated", b"\xc1 noise")

        async def forgotten() -> bool:
            return await kv.get("cache:n") == b"2"

        await until(forgotten, 1)


@pytest.mark.real
async def test_two_processes_on_a_server(server: Valkey) -> None:
    prefix = own_prefix()
    here, there = LayeredKv(redis_kv(server.url, prefix)), LayeredKv(redis_kv(server.url, prefix))
    await asyncio.gather(here.hearing(), there.hearing())
    for number in range(20):
        await there.set("cache:n", b"%d" % number)

        async def known(value: bytes = b"%d" % number) -> bool:
            return await here.get("cache:n") == value

        await until(known, 1)
    assert here.near.hits + here.near.misses >= 20
    await here.close()
    await there.close()


@pytest.mark.real
@pytest.mark.parametrize("loss", ["killed", "silent"])
async def test_nothing_is_near_while_nobody_would_tell(loss: str) -> None:
    """The subscription is lost: the copy is forgotten, and kept again when it is heard again."""
    with valkey() as server:
        kv = LayeredKv(redis_kv(server.url, own_prefix()), near_seconds=300)
        await kv.hearing()
        await kv.set("cache:n", b"1")
        await kv.get("cache:n")
        hits = kv.near.hits
        await kv.get("cache:n")
        assert kv.near.hits == hits + 1
        server.kill() if loss == "killed" else server.freeze()

        async def forgotten() -> bool:
            try:
                return await kv.get("cache:n") is None
            except KvAway:
                return True

        await until(forgotten, 3)
        await asyncio.to_thread(server.start) if loss == "killed" else server.thaw()
        async with asyncio.timeout(5):
            await kv.hearing()
        await kv.set("cache:n", b"2")
        assert await kv.get("cache:n") == b"2"
        hits = kv.near.hits
        assert await kv.get("cache:n") == b"2"
        assert kv.near.hits == hits + 1
        await kv.close()
