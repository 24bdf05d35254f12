"""The breaker with a real server that is killed, frozen, or was never anything but silent."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from control.kv.kv import Kv
from control.kv.layered import LayeredKv
from control.kv.memory import MemoryKv
from control.kv.resilient import ResilientKv
from tests.control.kv.stores import own_prefix, redis_kv, until
from tests.control.valkey import Valkey, valkey

pytestmark = pytest.mark.real
BACK_SECONDS = 5.0


@asynccontextmanager
async def front(url: str, prefix: str, answer_seconds: float = 0.15) -> AsyncIterator[ResilientKv]:
    """A store as one process has it."""
    kv = ResilientKv(LayeredKv(redis_kv(url, prefix)), MemoryKv(copy_seconds=5), answer_seconds)
    try:
        yield kv
    finally:
        await kv.close()


@asynccontextmanager
async def silence() -> AsyncIterator[str]:
    """The url of a server that takes connections and says nothing."""
    held: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _, writer: held.append(writer), "127.0.0.1", 0)
    try:
        yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in held:
            writer.close()


async def is_away(kv: Kv) -> bool:
    return kv.away


async def is_back(kv: Kv) -> bool:
    return not kv.away


async def latencies(kv: Kv, count: int) -> list[float]:
    """Seconds that each of so many reads one after the other took."""
    loop = asyncio.get_running_loop()
    took = []
    for number in range(count):
        began = loop.time()
        await kv.get(f"key{number}")
        took.append(loop.time() - began)
    return took


async def test_killed() -> None:
    with valkey() as server:
        async with front(server.url, own_prefix()) as kv:
            await kv.set("before", b"1")
            server.kill()
            took = await latencies(kv, 200)
            assert max(took) < 0.4
            assert kv.away
            assert kv.reason
            assert await kv.get("before") is None
            await kv.set("while", b"2")
            assert await kv.get("while") == b"2"
            await asyncio.to_thread(server.start)
            await until(lambda: is_back(kv), BACK_SECONDS)
            assert kv.reason == ""
            assert await kv.get("while") == b"2", "state is written back"


async def test_frozen(server: Valkey) -> None:
    async with front(server.url, own_prefix()) as kv:
        await kv.set("before", b"1")
        server.freeze()
        try:
            loop = asyncio.get_running_loop()
            began = loop.time()
            took = await latencies(kv, 200)
            assert max(took) < 0.4
            assert sum(took) < 1.0, "the breaker opens within a second, then nothing waits"
            assert kv.away
            assert loop.time() - began < 1.5
        finally:
            server.thaw()
        await until(lambda: is_back(kv), BACK_SECONDS)
        assert await kv.get("before") == b"1"


async def test_a_hundred_at_once_wait_once(server: Valkey) -> None:
    async with front(server.url, own_prefix()) as kv:
        await kv.set("before", b"1")
        server.freeze()
        try:
            loop = asyncio.get_running_loop()
            began = loop.time()
            assert await asyncio.gather(*(kv.get("before") for _ in range(100))) == [None] * 100
            assert loop.time() - began < 0.6
        finally:
            server.thaw()


async def test_silent_from_the_start() -> None:
    async with silence() as url, front(url, own_prefix()) as kv:
        took = await latencies(kv, 50)
        assert max(took) < 0.4
        assert kv.away
        async with asyncio.timeout(1):
            assert await kv.delete_matching("cache:*") == 0
            async with kv.subscribe("news") as news:
                await kv.publish("news", b"here")
                assert await anext(news) == b"here"


async def test_nobody_there() -> None:
    async with front("redis://127.0.0.1:1", own_prefix()) as kv:
        await kv.set("key", b"value")
        assert await kv.get("key") == b"value"
        assert kv.away


class TestAway:
    """What holds while the server is frozen, and after."""

    @pytest.fixture
    async def kv(self, server: Valkey) -> AsyncIterator[ResilientKv]:
        async with front(server.url, own_prefix()) as kv:
            await kv.set_many({"state": b"old", "ticket": b"old", "gone": b"old"}, ttl_seconds=60)
            await kv.set_many({"cache:a:1": b"old", "cache:a:2": b"old", "cache:b:1": b"old"}, ttl_seconds=60)
            await kv.increment("count", 7)
            server.freeze()
            try:
                await kv.get("state")
                await until(lambda: is_away(kv))
                yield kv
            finally:
                server.thaw()

    async def back(self, kv: ResilientKv, server: Valkey) -> None:
        server.thaw()
        await until(lambda: is_back(kv), BACK_SECONDS)

    async def test_limits_hold(self, kv: ResilientKv) -> None:
        grants = await asyncio.gather(*(kv.tokens("login", rate_per_second=0.01, burst=5) for _ in range(100)))
        assert grants.count(0.0) == 5
        assert sorted(await asyncio.gather(*(kv.increment("tries", ttl_seconds=60) for _ in range(100)))) == list(range(1, 101))

    async def test_once_is_once(self, kv: ResilientKv) -> None:
        assert sum(await asyncio.gather(*(kv.add("jti", b"") for _ in range(100)))) == 1
        assert [value for value in await asyncio.gather(*(kv.take("jti") for _ in range(100))) if value is not None] == [b""]

    async def test_nothing_old_after_the_return(self, kv: ResilientKv, server: Valkey) -> None:
        await kv.set("state", b"new", ttl_seconds=60)
        await kv.delete("gone")
        assert await kv.take("ticket") is None
        await kv.set("cache:b:1", b"new", ttl_seconds=60)
        await kv.delete_matching("cache:a:*")
        await self.back(kv, server)
        assert await kv.get_many(["state", "gone", "ticket"]) == [b"new", None, None]
        assert await kv.get_many(["cache:a:1", "cache:a:2", "cache:b:1"]) == [None, None, None]
        assert await kv.get("count") == b"7", "counts go on where they were"

    async def test_what_is_written_back_still_ends(self, kv: ResilientKv, server: Valkey) -> None:
        await kv.set("short", b"life", ttl_seconds=30)
        await self.back(kv, server)
        assert await kv.get("short") == b"life"
        keys = [key for key in server.say("KEYS", "*:short").split(b"\r\n") if key.endswith(b":short")]
        assert 0 < int(server.say("PTTL", keys[0].decode())[1:]) <= 30_000

    async def test_others_see_it_too(self, server: Valkey) -> None:
        prefix = own_prefix()
        async with front(server.url, prefix) as one, front(server.url, prefix) as other:
            await one.set("cache:a:1", b"old")
            assert await other.get("cache:a:1") == b"old"
            server.freeze()
            try:
                await one.delete("cache:a:1")
                await one.set("revoked:7", b"yes", ttl_seconds=60)
            finally:
                server.thaw()
            await until(lambda: is_back(one), BACK_SECONDS)
            await until(lambda: is_back(other), BACK_SECONDS)

            async def known() -> bool:
                return await other.get("cache:a:1") is None and await other.get("revoked:7") == b"yes"

            await until(known, BACK_SECONDS)

    async def test_more_changes_than_can_be_remembered(self, kv: ResilientKv, server: Valkey) -> None:
        for number in range(120):
            await kv.delete_matching(f"one:{number}:*")
        await kv.set("state", b"new")
        await self.back(kv, server)
        assert await kv.get("state") == b"new"
        assert await kv.get_many(["gone", "cache:b:1"]) == [None, None], "nothing there can be trusted"

    async def test_the_second_time_begins_empty(self, kv: ResilientKv, server: Valkey) -> None:
        await kv.set("state", b"of the first")
        await self.back(kv, server)
        await kv.set("state", b"newer")
        server.freeze()
        assert await kv.get("state") is None, "nothing is better than something old"

    async def test_a_lock_goes_on(self, kv: ResilientKv, server: Valkey) -> None:
        async with kv.lock("desk"):
            await self.back(kv, server)
            assert not await kv.add("lock:desk", b"another")
        assert await kv.add("lock:desk", b"another")

    async def test_subscribers_hear_again(self, server: Valkey) -> None:
        prefix = own_prefix()
        async with front(server.url, prefix) as kv, front(server.url, prefix) as other, kv.subscribe("news") as news:
            await other.publish("news", b"before")
            assert await anext(news) == b"before"
            server.freeze()
            try:
                await kv.get("key")
                await kv.publish("news", b"inside")
                assert await anext(news) == b"inside"
            finally:
                server.thaw()
            await until(lambda: is_back(other), BACK_SECONDS)
            listening = asyncio.create_task(anext(news))

            async def heard() -> bool:
                await other.publish("news", b"after")
                return listening.done()

            await until(heard, BACK_SECONDS)
            assert await listening == b"after"


async def test_readers_of_a_channel_share_a_subscription(server: Valkey) -> None:
    async with front(server.url, own_prefix()) as kv, AsyncExitStack() as leaving:
        readers = [await leaving.enter_async_context(kv.subscribe("news")) for _ in range(50)]
        assert subscribed(server) <= 2, "one of them hears the invalidations"
        await kv.publish("news", b"one")
        assert await asyncio.gather(*map(anext, readers)) == [b"one"] * 50
        await leaving.aclose()
        async with kv.subscribe("news") as again:
            await kv.publish("news", b"two")
            assert await anext(again) == b"two"


def subscribed(server: Valkey) -> int:
    return server.say("CLIENT", "LIST", "TYPE", "pubsub").count(b"id=")


async def test_a_moment_of_slowness_costs_a_moment(server: Valkey) -> None:
    """The first probe comes at once: a stall opens the breaker, and it is closed again soon."""
    async with front(server.url, own_prefix()) as kv:
        await kv.set("key", b"1")
        server.freeze()
        await kv.get("key")
        server.thaw()
        await until(lambda: is_back(kv), 2)
        assert await kv.get("key") == b"1"
