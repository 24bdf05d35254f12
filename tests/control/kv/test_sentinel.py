"""A failover: the master is gone, the Sentinels make the replica the master, and the store goes on with it."""

import asyncio
from collections.abc import Iterator

import pytest

from control.kv.opening import KvLink, open_kv
from tests.control.kv.stores import own_prefix, until
from tests.control.valkey import SERVICE, Trio, sentinel_trio

pytestmark = pytest.mark.real
BACK_SECONDS = 5.0
SLOW_MACHINE_SECONDS = 15.0
"""What a busy machine is given beside; the promise itself is measured by the benchmark."""


@pytest.fixture
def trio() -> Iterator[Trio]:
    with sentinel_trio() as running:
        yield running


@pytest.mark.parametrize("how", ["killed", "frozen"])
async def test_failover(how: str, trio: Trio) -> None:
    kv = await open_kv(KvLink(mode="sentinel", sentinels=trio.addresses, service=SERVICE, prefix=own_prefix()))
    async with kv.subscribe("news") as news:
        await kv.set("before", b"1")
        assert not kv.away

        async def replicated() -> bool:
            return b":before" in trio.replica.say("KEYS", "*")

        await until(replicated)
        trio.master.kill() if how == "killed" else trio.master.freeze()
        loop = asyncio.get_running_loop()
        began = loop.time()
        slowest = 0.0

        async def over() -> bool:
            nonlocal slowest
            asked = loop.time()
            await kv.set("while", b"2")
            assert await kv.get("while") == b"2"
            slowest = max(slowest, loop.time() - asked)
            return not kv.away and b"role:master" in trio.replica.say("INFO", "replication")

        await until(over, BACK_SECONDS + SLOW_MACHINE_SECONDS)
        print(f"back after {loop.time() - began:.2f} s, slowest pair of calls {slowest:.3f} s")
        assert slowest < 1.0
        assert await kv.get_many(["before", "while"]) == [b"1", b"2"]
        assert b":while" in trio.replica.say("KEYS", "*"), "the new master has it"
        listening = asyncio.create_task(anext(news))

        async def heard() -> bool:
            await kv.publish("news", b"after")
            return listening.done()

        await until(heard)
        assert await listening == b"after"
    await kv.close()


async def test_a_dead_sentinel_is_passed_over(trio: Trio) -> None:
    trio.sentinels[0].kill()
    trio.sentinels[1].freeze()
    kv = await open_kv(KvLink(sentinels=trio.addresses, service=SERVICE, prefix=own_prefix()))
    await kv.set("key", b"1")

    async def back() -> bool:
        return not kv.away

    await until(back)
    assert await kv.get("key") == b"1"
    await kv.close()
